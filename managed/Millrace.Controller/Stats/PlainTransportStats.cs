namespace Millrace.Controller;

/// <summary>What a plain transport has counted.</summary>
public sealed record PlainTransportStats : TransportStats
{
    /// <inheritdoc/>
    public override string Type => "plain-rtp-transport";

    /// <summary>Whether RTCP shares the port of RTP.</summary>
    public required bool RtcpMux { get; init; }

    /// <summary>Whether the peer's address is learned from its first packet.</summary>
    public required bool Comedia { get; init; }

    /// <summary>Both ends, for RTP.</summary>
    public required TransportTuple Tuple { get; init; }

    /// <summary>Both ends, for RTCP.</summary>
    public TransportTuple? RtcpTuple { get; init; }
}
