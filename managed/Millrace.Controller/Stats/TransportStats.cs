namespace Millrace.Controller;

/// <summary>What every transport has counted; bitrates are bits per second, times milliseconds of a monotonic clock.</summary>
public abstract record TransportStats
{
    private protected TransportStats()
    {
    }

    /// <summary>Which kind of statistics this is.</summary>
    public abstract string Type { get; }

    /// <summary>The transport.</summary>
    public required string TransportId { get; init; }

    /// <summary>When it was counted.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>How far SCTP has come; null without SCTP.</summary>
    public SctpState? SctpState { get; init; }

    /// <summary>All bytes received.</summary>
    public ulong BytesReceived { get; init; }

    /// <summary>The rate of all bytes received.</summary>
    public ulong RecvBitrate { get; init; }

    /// <summary>All bytes sent.</summary>
    public ulong BytesSent { get; init; }

    /// <summary>The rate of all bytes sent.</summary>
    public ulong SendBitrate { get; init; }

    /// <summary>Bytes of RTP received.</summary>
    public ulong RtpBytesReceived { get; init; }

    /// <summary>The rate of RTP received.</summary>
    public ulong RtpRecvBitrate { get; init; }

    /// <summary>Bytes of RTP sent.</summary>
    public ulong RtpBytesSent { get; init; }

    /// <summary>The rate of RTP sent.</summary>
    public ulong RtpSendBitrate { get; init; }

    /// <summary>Bytes of retransmission received.</summary>
    public ulong RtxBytesReceived { get; init; }

    /// <summary>The rate of retransmission received.</summary>
    public ulong RtxRecvBitrate { get; init; }

    /// <summary>Bytes of retransmission sent.</summary>
    public ulong RtxBytesSent { get; init; }

    /// <summary>The rate of retransmission sent.</summary>
    public ulong RtxSendBitrate { get; init; }

    /// <summary>Bytes of probation sent.</summary>
    public ulong ProbationBytesSent { get; init; }

    /// <summary>The rate of probation sent.</summary>
    public ulong ProbationSendBitrate { get; init; }

    /// <summary>The estimate of what fits the path to the peer.</summary>
    public ulong? AvailableOutgoingBitrate { get; init; }

    /// <summary>The estimate of what fits the path from the peer.</summary>
    public ulong? AvailableIncomingBitrate { get; init; }

    /// <summary>The limit told to the peer.</summary>
    public ulong? MaxIncomingBitrate { get; init; }

    /// <summary>The upper limit of what is sent.</summary>
    public ulong? MaxOutgoingBitrate { get; init; }

    /// <summary>The lower limit of what is sent.</summary>
    public ulong? MinOutgoingBitrate { get; init; }

    /// <summary>The share of RTP packets lost on the way here, 0 to 1.</summary>
    public double? RtpPacketLossReceived { get; init; }

    /// <summary>The share of RTP packets lost on the way to the peer, 0 to 1.</summary>
    public double? RtpPacketLossSent { get; init; }
}
