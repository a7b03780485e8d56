using System.Globalization;
using System.Net;

namespace Millrace.Server.Options;

/// <summary>All options of the server.</summary>
internal static class ServerOptionTable
{
    private const int MostWorkers = 128;
    private const int MostSeconds = 3600;
    // Far more than one core can feed: a room then never spreads.
    private const int MostConsumers = 1_000_000;

    public static IReadOnlyList<ServerOption> All { get; } =
    [
        new("listen", "URL", "https://127.0.0.1:8888 and http://127.0.0.1:8880", "Serves pages and signaling here.",
            (o, v) => o with { Listen = [.. o.Listen, ParseUrl(v)] }) { Repeatable = true },
        new("origin", "PATTERN", "the server's own; any loopback origin while it listens on loopback only",
            "Lets pages of this origin connect, such as https://calls.example.org or https://*.example.org.",
            (o, v) => o with { Origins = [.. o.Origins, ParseOrigin(v)] }) { Repeatable = true },
        new("media-ip", "IP", "127.0.0.1", "Binds media sockets to this address.", (o, v) => o with { MediaIp = ParseIp(v) }),
        new("announced-ip", "ADDRESS", "the bound address", "Tells clients this address for media, as behind a NAT.",
            (o, v) => o with { AnnouncedIp = v }),
        new("media-port", "PORT", "44444", "UDP and TCP port of the first worker; the next ones count on. 0 lets each choose.",
            (o, v) => o with { MediaPort = ParseNumber(v, 0, ushort.MaxValue) }),
        new("workers", "N", "one a core", "Runs this many media workers.", (o, v) => o with { Workers = ParseNumber(v, 1, MostWorkers) }),
        new("consumers-per-router", "N", "500", "Consumers of one room on one worker; the next peers of a larger room sit on another worker.",
            (o, v) => o with { ConsumersPerRouter = ParseNumber(v, 1, MostConsumers) }),
        new("worker-bin", "PATH", "our own", "Runs this worker; any program that speaks the same channel.", (o, v) => o with { WorkerBin = v }),
        new("in-process", null, "off", "Runs one worker inside of the server; if it fails, the server ends with it.",
            (o, v) => o with { InProcess = ParseSwitch(v) }),
        new("data", "DIR", "millrace in the user's data folder", "Keeps the certificate, users and logs here.", (o, v) => o with { Data = Path.GetFullPath(v) }),
        new("certificate", "FILE", "self-signed, made at first start", "TLS certificate, PEM or PFX; the password of a PFX comes from MILLRACE_CERTIFICATE_PASSWORD.",
            (o, v) => o with { Certificate = v }),
        new("certificate-key", "FILE", "in the certificate's file", "PEM file of the certificate's key.", (o, v) => o with { CertificateKey = v }),
        new("insecure-http", null, "off", "Allows plain HTTP beyond loopback, as behind a proxy that ends TLS.",
            (o, v) => o with { InsecureHttp = ParseSwitch(v) }),
        new("metrics-listen", "URL", "http://127.0.0.1:8881", "Serves /metrics here and nothing else, and only when there is a token.",
            (o, v) => o with { MetricsListen = ParseUrl(v) }),
        new("metrics-token-file", "FILE", "none: no metrics", "Bearer token for /metrics, in a file of mode 0600.",
            (o, v) => o with { MetricsTokenFile = v }),
        new("metrics-interval", "SECONDS", "5", "Asks the workers this often what they count.",
            (o, v) => o with { MetricsInterval = TimeSpan.FromSeconds(ParseNumber(v, 1, MostSeconds)) }),
    ];

    private static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme is "http" or "https") && url.AbsolutePath == "/"
            ? url
            : throw new FormatException("is no http or https URL");

    // An origin, or one whose first label is a star.
    private static string ParseOrigin(string text)
    {
        string plain = text.Replace("://*.", "://any.", StringComparison.Ordinal);
        return !plain.Contains('*', StringComparison.Ordinal)
            && Uri.TryCreate(plain, UriKind.Absolute, out Uri? url) && (url.Scheme is "http" or "https")
            && url.AbsolutePath == "/" && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? text
            : throw new FormatException("is no origin such as https://calls.example.org or https://*.example.org");
    }

    private static IPAddress ParseIp(string text) =>
        IPAddress.TryParse(text, out IPAddress? ip) ? ip : throw new FormatException("is no IP address");

    private static int ParseNumber(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"is no number from {least} to {most}"));

    private static bool ParseSwitch(string text) =>
        bool.TryParse(text, out bool value) ? value : throw new FormatException("is neither true nor false");
}
