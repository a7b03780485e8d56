namespace Millrace.Controller;

/// <summary>RTP and RTCP since the worker's start.</summary>
public sealed record MediaTraffic
{
    /// <summary>RTP packets that could be opened, retransmissions included.</summary>
    public PacketCount RtpReceived { get; init; }

    /// <summary>RTP packets to consumers, each copy counted.</summary>
    public PacketCount RtpSent { get; init; }

    /// <summary>Packets that were sent by RTX: answers to NACKs, and padding.</summary>
    public PacketCount RtxSent { get; init; }

    /// <summary>Padding by the probation stream, where nothing could be sent by RTX.</summary>
    public PacketCount ProbationSent { get; init; }

    /// <summary>RTCP compounds that could be opened.</summary>
    public ulong RtcpReceived { get; init; }

    /// <summary>NACKs of viewers.</summary>
    public ulong NacksReceived { get; init; }

    /// <summary>Packets that those NACKs asked for.</summary>
    public ulong PacketsAskedAgain { get; init; }

    /// <summary>Packets that were sent again for it; the others were too old, or had just been sent again.</summary>
    public ulong PacketsResent { get; init; }

    /// <summary>NACKs to sources.</summary>
    public ulong NacksSent { get; init; }

    /// <summary>Key frames that viewers asked for, by PLI or FIR.</summary>
    public ulong KeyFramesAsked { get; init; }

    /// <summary>PLI and FIR to sources.</summary>
    public ulong KeyFrameRequestsSent { get; init; }

    /// <summary>Transport-wide feedback of viewers.</summary>
    public ulong TransportFeedbacksReceived { get; init; }

    /// <summary>REMB of viewers.</summary>
    public ulong RembsReceived { get; init; }
}
