namespace Millrace.Controller;

/// <summary>What is known about a traced thing: one of the nested records.</summary>
public abstract record TraceDetail
{
    private TraceDetail()
    {
    }

    /// <summary>A packet.</summary>
    /// <param name="Content">The packet.</param>
    /// <param name="IsRtx">Whether it came as a retransmission.</param>
    public sealed record Packet(RtpPacketDump Content, bool IsRtx) : TraceDetail;

    /// <summary>Feedback about one stream.</summary>
    /// <param name="Ssrc">The stream.</param>
    public sealed record Feedback(uint Ssrc) : TraceDetail;

    /// <summary>A sender report (RFC 3550).</summary>
    /// <param name="Ssrc">The stream.</param>
    /// <param name="NtpSeconds">Seconds of the NTP time.</param>
    /// <param name="NtpFraction">Fraction of the NTP time.</param>
    /// <param name="RtpTimestamp">The same moment in RTP ticks.</param>
    /// <param name="PacketCount">Packets sent.</param>
    /// <param name="OctetCount">Bytes of payload sent.</param>
    public sealed record SenderReport(
        uint Ssrc, uint NtpSeconds, uint NtpFraction, uint RtpTimestamp, uint PacketCount, uint OctetCount) : TraceDetail;

    /// <summary>Bandwidth estimation.</summary>
    /// <param name="Algorithm"><c>transport-cc</c> or <c>remb</c>.</param>
    /// <param name="DesiredBitrate">What the consumers would like.</param>
    /// <param name="EffectiveDesiredBitrate">The same, with the limits applied.</param>
    /// <param name="MinBitrate">The lower limit.</param>
    /// <param name="MaxBitrate">The upper limit.</param>
    /// <param name="StartBitrate">Where estimation began.</param>
    /// <param name="MaxPaddingBitrate">How much padding may be sent to probe.</param>
    /// <param name="AvailableBitrate">The estimate.</param>
    public sealed record Bandwidth(
        string Algorithm,
        ulong DesiredBitrate,
        ulong EffectiveDesiredBitrate,
        ulong MinBitrate,
        ulong MaxBitrate,
        ulong StartBitrate,
        ulong MaxPaddingBitrate,
        ulong AvailableBitrate) : TraceDetail;
}
