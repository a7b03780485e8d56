using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Server.Options;
using Millrace.Server.Tls;
using Millrace.Testing;

namespace Millrace.Server.Tests.Tls;

// The modes of files are those of Unix.
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win")]
internal sealed class ServerCertificateTests : IDisposable
{
    private readonly DataFolder _data = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public void TheFirstStart_MakesACertificateForItsListeners_AndTheNextKeepIt()
    {
        ServerOptions options = Options() with { Listen = [new Uri("https://192.0.2.7:8888"), new Uri("https://calls.example.org")] };

        using X509Certificate2 made = ServerCertificate.Load(options, _time);
        using X509Certificate2 kept = ServerCertificate.Load(options, _time);

        X509SubjectAlternativeNameExtension names = made.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.That(names.EnumerateDnsNames(), Is.EquivalentTo(new[] { "localhost", "calls.example.org" }));
        Assert.That(
            names.EnumerateIPAddresses().Select(a => a.ToString()), Is.EquivalentTo(new[] { "127.0.0.1", "::1", "192.0.2.7" }));
        Assert.That(made.HasPrivateKey, Is.True);
        Assert.That(made.NotAfter.ToUniversalTime(), Is.EqualTo(_time.GetUtcNow().AddDays(365).UtcDateTime).Within(TimeSpan.FromSeconds(1)));
        Assert.That(kept.Thumbprint, Is.EqualTo(made.Thumbprint));
        Assert.That(
            File.GetUnixFileMode(_data.File("certificate.pem")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void ACertificateThatEndsSoon_IsMadeAnew()
    {
        using X509Certificate2 first = ServerCertificate.Load(Options(), _time);
        _time.Advance(TimeSpan.FromDays(334));
        using X509Certificate2 still = ServerCertificate.Load(Options(), _time);
        _time.Advance(TimeSpan.FromDays(2));
        using X509Certificate2 next = ServerCertificate.Load(Options(), _time);

        Assert.That(still.Thumbprint, Is.EqualTo(first.Thumbprint));
        Assert.That(next.Thumbprint, Is.Not.EqualTo(first.Thumbprint));
    }

    [Test]
    public void TheOperatorsPem_WithItsKeyInOneFileOrInTwo_IsTaken()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 own = Own(key);
        File.WriteAllText(_data.File("c.pem"), own.ExportCertificatePem());
        File.WriteAllText(_data.File("k.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_data.File("both.pem"), own.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());

        using X509Certificate2 two = ServerCertificate.Load(
            Options() with { Certificate = _data.File("c.pem"), CertificateKey = _data.File("k.pem") }, _time);
        using X509Certificate2 one = ServerCertificate.Load(Options() with { Certificate = _data.File("both.pem") }, _time);

        Assert.That(new[] { one.Thumbprint, two.Thumbprint }, Is.All.EqualTo(own.Thumbprint));
        Assert.That(one.HasPrivateKey && two.HasPrivateKey, Is.True);
        Assert.That(File.Exists(_data.File("certificate.pem")), Is.False);
    }

    [TestCase("c.pfx")]
    [TestCase("c.P12")]
    public void TheOperatorsPfx_IsTaken_WithItsPassword(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 own = Own(key);
        File.WriteAllBytes(_data.File(name), own.Export(X509ContentType.Pfx, "hush"));
        ServerOptions options = Options() with { Certificate = _data.File(name) };

        using X509Certificate2 loaded = ServerCertificate.Load(options with { CertificatePassword = "hush" }, _time);

        Assert.That(loaded.Thumbprint, Is.EqualTo(own.Thumbprint));
        Assert.That(loaded.HasPrivateKey, Is.True);
        Assert.That(
            () => ServerCertificate.Load(options with { CertificatePassword = "wrong-one" }, _time),
            Throws.InstanceOf<OptionsException>().With.Message.StartsWith("--certificate: ").And.Message.Not.Contains("wrong-one"));
    }

    [Test]
    public void AFileThatCannotBeUsed_IsRefusedByName()
    {
        File.WriteAllText(_data.File("junk.pem"), "junk");
        File.WriteAllText(_data.File("certificate.pem"), "junk");

        Assert.That(
            () => ServerCertificate.Load(Options() with { Certificate = _data.File("junk.pem") }, _time),
            Throws.InstanceOf<OptionsException>().With.Message.StartsWith("--certificate: "));
        Assert.That(
            () => ServerCertificate.Load(Options() with { Certificate = _data.File("none.pem") }, _time),
            Throws.InstanceOf<OptionsException>().With.Message.StartsWith("--certificate: "));
        Assert.That(
            () => ServerCertificate.Load(Options(), _time),
            Throws.InstanceOf<OptionsException>().With.Message.Contains("certificate.pem"));
    }

    private ServerOptions Options() => new() { Data = _data.Path };

    private X509Certificate2 Own(ECDsa key) => new CertificateRequest("CN=own", key, HashAlgorithmName.SHA256)
        .CreateSelfSigned(_time.GetUtcNow(), _time.GetUtcNow().AddDays(10));
}
