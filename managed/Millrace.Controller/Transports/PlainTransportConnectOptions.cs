namespace Millrace.Controller;

/// <summary>Where a plain transport sends to; with comedia only the SRTP key may be given.</summary>
public sealed record PlainTransportConnectOptions
{
    /// <summary>The peer's address.</summary>
    public string? Ip { get; init; }

    /// <summary>The peer's port.</summary>
    public int? Port { get; init; }

    /// <summary>The peer's port for RTCP, without RTCP multiplexing.</summary>
    public int? RtcpPort { get; init; }

    /// <summary>The key with which the peer encrypts.</summary>
    public SrtpParameters? SrtpParameters { get; init; }
}
