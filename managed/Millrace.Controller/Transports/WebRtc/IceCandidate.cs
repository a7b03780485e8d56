namespace Millrace.Controller;

/// <summary>An address at which a WebRTC transport can be reached (RFC 8839).</summary>
public sealed record IceCandidate
{
    /// <summary>Groups candidates of one base.</summary>
    public required string Foundation { get; init; }

    /// <summary>The greater, the better.</summary>
    public required uint Priority { get; init; }

    /// <summary>The address or host name.</summary>
    public required string Address { get; init; }

    /// <summary>The same as <see cref="Address"/>, under the name older clients read.</summary>
    public string Ip => Address;

    /// <summary>UDP or TCP.</summary>
    public required TransportProtocol Protocol { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>Always <c>host</c>.</summary>
    public string Type { get; init; } = "host";

    /// <summary><c>passive</c> for TCP, absent for UDP.</summary>
    public string? TcpType { get; init; }
}
