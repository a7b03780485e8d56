using Millrace.Controller.Rtp;

namespace Millrace.Controller;

/// <summary>What was counted of one RTP stream; times are milliseconds of a monotonic clock, bitrates bits per second.</summary>
public sealed record RtpStreamStats
{
    /// <summary><c>inbound-rtp</c> for what a producer sends here, <c>outbound-rtp</c> for what a consumer is sent.</summary>
    public required string Type { get; init; }

    /// <summary>When it was counted.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>The stream.</summary>
    public required uint Ssrc { get; init; }

    /// <summary>The stream of its retransmissions.</summary>
    public uint? RtxSsrc { get; init; }

    /// <summary>Its restriction id.</summary>
    public string? Rid { get; init; }

    /// <summary>Audio or video.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>Its codec.</summary>
    public required string MimeType { get; init; }

    /// <summary>Packets lost, as in RFC 3550.</summary>
    public int PacketsLost { get; init; }

    /// <summary>The share lost since the last report, in 256ths.</summary>
    public int FractionLost { get; init; }

    /// <summary>Jitter in RTP ticks.</summary>
    public uint Jitter { get; init; }

    /// <summary>Packets thrown away, because they came too late or twice.</summary>
    public ulong PacketsDiscarded { get; init; }

    /// <summary>Packets sent again.</summary>
    public ulong PacketsRetransmitted { get; init; }

    /// <summary>Packets that a retransmission brought after all.</summary>
    public ulong PacketsRepaired { get; init; }

    /// <summary>Negative acknowledgements.</summary>
    public ulong NackCount { get; init; }

    /// <summary>Packets they asked for.</summary>
    public ulong NackPacketCount { get; init; }

    /// <summary>Picture loss indications.</summary>
    public ulong PliCount { get; init; }

    /// <summary>Full intra requests.</summary>
    public ulong FirCount { get; init; }

    /// <summary>Retransmissions thrown away.</summary>
    public ulong RtxPacketsDiscarded { get; init; }

    /// <summary>Round-trip time in milliseconds.</summary>
    public float RoundTripTime { get; init; }

    /// <summary>How well it arrives, 0 to 10.</summary>
    public int Score { get; init; }

    /// <summary>Packets.</summary>
    public ulong PacketCount { get; init; }

    /// <summary>Bytes.</summary>
    public ulong ByteCount { get; init; }

    /// <summary>The rate.</summary>
    public ulong Bitrate { get; init; }

    /// <summary>The rate of each layer, by its name such as <c>0.2</c>; null for what is sent.</summary>
    public IReadOnlyDictionary<string, ulong>? BitrateByLayer { get; init; }
}
