namespace Millrace.Controller;

/// <summary>What a plain transport holds.</summary>
public sealed record PlainTransportDump : TransportDump
{
    /// <summary>Whether RTCP shares the port of RTP.</summary>
    public required bool RtcpMux { get; init; }

    /// <summary>Whether the peer's address is learned from its first packet.</summary>
    public required bool Comedia { get; init; }

    /// <summary>Both ends, for RTP.</summary>
    public required TransportTuple Tuple { get; init; }

    /// <summary>Both ends, for RTCP.</summary>
    public TransportTuple? RtcpTuple { get; init; }

    /// <summary>The key with which it encrypts.</summary>
    public SrtpParameters? SrtpParameters { get; init; }
}
