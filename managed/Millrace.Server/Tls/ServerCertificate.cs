using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Server.Options;
using Millrace.Server.Users;

namespace Millrace.Server.Tls;

/// <summary>The TLS certificate: the operator's, or a self-signed one that is made at first start and kept.</summary>
internal static class ServerCertificate
{
    private const string FileName = "certificate.pem";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    // A kept certificate is made anew this long before its end.
    private static readonly TimeSpan Renewal = TimeSpan.FromDays(30);

    /// <summary>Loads it.</summary>
    /// <exception cref="OptionsException">The operator's file cannot be used.</exception>
    public static X509Certificate2 Load(ServerOptions options, TimeProvider time) =>
        options.Certificate is { } file ? LoadFile(file, options) : LoadOwn(options, time);

    private static X509Certificate2 LoadFile(string file, ServerOptions options)
    {
        try
        {
            return Path.GetExtension(file).ToUpperInvariant() is ".PFX" or ".P12"
                ? X509CertificateLoader.LoadPkcs12FromFile(file, options.CertificatePassword)
                : X509Certificate2.CreateFromPemFile(file, options.CertificateKey);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OptionsException($"--certificate: {file} cannot be used: {exception.Message}");
        }
    }

    private static X509Certificate2 LoadOwn(ServerOptions options, TimeProvider time)
    {
        string path = Path.Combine(options.Data, FileName);
        if (File.Exists(path))
        {
            X509Certificate2 kept = LoadKept(path);
            if (kept.NotAfter.ToUniversalTime() > time.GetUtcNow().UtcDateTime + Renewal)
            {
                return kept;
            }
            kept.Dispose();
        }
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = Make(key, options, time.GetUtcNow());
        PrivateFile.Write(path, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return X509Certificate2.CreateFromPemFile(path);
    }

    private static X509Certificate2 LoadKept(string path)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(path);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OptionsException($"--data: {path} cannot be used, and is made anew when it is not there: {exception.Message}");
        }
    }

    private static X509Certificate2 Make(ECDsa key, ServerOptions options, DateTimeOffset now)
    {
        CertificateRequest request = new("CN=Millrace", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        foreach (Uri listener in options.Listeners)
        {
            if (!IPAddress.TryParse(listener.Host.Trim('[', ']'), out IPAddress? ip))
            {
                names.AddDnsName(listener.Host);
            }
            else if (!IPAddress.IsLoopback(ip))
            {
                names.AddIpAddress(ip);
            }
        }
        request.CertificateExtensions.Add(names.Build());
        // id-kp-serverAuth, RFC 5280 section 4.2.1.12.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return request.CreateSelfSigned(now.AddDays(-1), now.Add(Lifetime));
    }
}
