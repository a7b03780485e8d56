using System.Net;
using Millrace.Rooms;

namespace Millrace.Server.Options;

/// <summary>Everything that an operator can set, with the defaults of a server for one machine.</summary>
internal sealed record ServerOptions
{
    /// <summary>Where pages and signaling are served.</summary>
    public IReadOnlyList<Uri> Listen { get; init; } = [];

    /// <summary>Origins of other servers' pages that may connect.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>The address that media sockets bind.</summary>
    public IPAddress MediaIp { get; init; } = IPAddress.Loopback;

    /// <summary>The address that clients are told for media; null is the bound one.</summary>
    public string? AnnouncedIp { get; init; }

    /// <summary>UDP and TCP port of the first worker; the next ones count on. 0 lets each worker choose.</summary>
    public int MediaPort { get; init; } = 44_444;

    /// <summary>Media workers.</summary>
    public int Workers { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Consumers of one room beyond which its next peers sit on another worker.</summary>
    public int ConsumersPerRouter { get; init; } = new RoomLimits().ConsumersPerRouter;

    /// <summary>The worker's program; null is our own.</summary>
    public string? WorkerBin { get; init; }

    /// <summary>Whether the worker runs inside of this process.</summary>
    public bool InProcess { get; init; }

    /// <summary>Where the certificate, users and logs are kept.</summary>
    public string Data { get; init; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "millrace");

    /// <summary>PEM or PFX file of the TLS certificate; null is a self-signed one.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM file of the certificate's key, where it has a file of its own.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>Whether plain HTTP may be served beyond loopback.</summary>
    public bool InsecureHttp { get; init; }

    /// <summary>Where metrics are served, if there is a token for them; nothing else is served there.</summary>
    public Uri MetricsListen { get; init; } = new("http://127.0.0.1:8881");

    /// <summary>The file with the metrics' token.</summary>
    public string? MetricsTokenFile { get; init; }

    /// <summary>How often the workers are asked what they count.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The metrics' token, from the environment only.</summary>
    public string? MetricsToken { get; init; }

    /// <summary>Users as name:password, from the environment only.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Password of a PFX file, from the environment only.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>The listeners, or the default ones.</summary>
    public IReadOnlyList<Uri> Listeners => Listen.Count > 0 ? Listen : DefaultListeners;

    /// <summary>Whether nobody but this machine can reach the pages.</summary>
    public bool LoopbackOnly => Listeners.All(IsLoopback);

    private static IReadOnlyList<Uri> DefaultListeners { get; } =
        [new("https://127.0.0.1:8888"), new("http://127.0.0.1:8880")];

    /// <summary>Whether a listener is bound to loopback.</summary>
    public static bool IsLoopback(Uri listener) =>
        listener.Host == "localhost" || (IPAddress.TryParse(listener.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
