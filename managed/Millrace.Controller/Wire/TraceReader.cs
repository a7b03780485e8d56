using FlatBuffers;
using Millrace.Schema.Common;
using Millrace.Schema.RtpPacket;

namespace Millrace.Controller.Wire;

/// <summary>Traces as our records.</summary>
internal static class TraceReader
{
    public static TraceEvent Transport(Schema.Transport.TraceNotification trace) => new(
        TransportType(trace.Type),
        trace.Timestamp,
        Direction(trace.Direction),
        trace.InfoType == Schema.Transport.TraceInfo.BweTraceInfo
            ? Bandwidth(Frame.Required(trace.Info<Schema.Transport.BweTraceInfo>()))
            : null);

    public static TraceEvent Producer(Schema.Producer.TraceNotification trace) => new(
        ProducerType(trace.Type), trace.Timestamp, Direction(trace.Direction), Detail(trace));

    public static TraceEvent Consumer(Schema.Consumer.TraceNotification trace) => new(
        ConsumerType(trace.Type), trace.Timestamp, Direction(trace.Direction), Detail(trace));

    public static TraceEventType TransportType(Schema.Transport.TraceEventType type) => type switch
    {
        Schema.Transport.TraceEventType.PROBATION => TraceEventType.Probation,
        Schema.Transport.TraceEventType.BWE => TraceEventType.Bwe,
        _ => throw Unknown((byte)type),
    };

    public static TraceEventType ProducerType(Schema.Producer.TraceEventType type) => type switch
    {
        Schema.Producer.TraceEventType.KEYFRAME => TraceEventType.KeyFrame,
        Schema.Producer.TraceEventType.FIR => TraceEventType.Fir,
        Schema.Producer.TraceEventType.NACK => TraceEventType.Nack,
        Schema.Producer.TraceEventType.PLI => TraceEventType.Pli,
        Schema.Producer.TraceEventType.RTP => TraceEventType.Rtp,
        Schema.Producer.TraceEventType.SR => TraceEventType.SenderReport,
        _ => throw Unknown((byte)type),
    };

    public static TraceEventType ConsumerType(Schema.Consumer.TraceEventType type) => type switch
    {
        Schema.Consumer.TraceEventType.KEYFRAME => TraceEventType.KeyFrame,
        Schema.Consumer.TraceEventType.FIR => TraceEventType.Fir,
        Schema.Consumer.TraceEventType.NACK => TraceEventType.Nack,
        Schema.Consumer.TraceEventType.PLI => TraceEventType.Pli,
        Schema.Consumer.TraceEventType.RTP => TraceEventType.Rtp,
        _ => throw Unknown((byte)type),
    };

    private static TraceDetail? Detail(Schema.Producer.TraceNotification trace) => trace.InfoType switch
    {
        Schema.Producer.TraceInfo.KeyFrameTraceInfo when trace.Info<Schema.Producer.KeyFrameTraceInfo>() is { } info =>
            Packet(info.RtpPacket, info.IsRtx),
        Schema.Producer.TraceInfo.RtpTraceInfo when trace.Info<Schema.Producer.RtpTraceInfo>() is { } info =>
            Packet(info.RtpPacket, info.IsRtx),
        Schema.Producer.TraceInfo.FirTraceInfo when trace.Info<Schema.Producer.FirTraceInfo>() is { } info =>
            new TraceDetail.Feedback(info.Ssrc),
        Schema.Producer.TraceInfo.PliTraceInfo when trace.Info<Schema.Producer.PliTraceInfo>() is { } info =>
            new TraceDetail.Feedback(info.Ssrc),
        Schema.Producer.TraceInfo.SrTraceInfo when trace.Info<Schema.Producer.SrTraceInfo>() is { } info =>
            new TraceDetail.SenderReport(
                info.Ssrc, info.NtpSec, info.NtpFrac, info.RtpTs, info.PacketCount, info.OctetCount),
        _ => null,
    };

    private static TraceDetail? Detail(Schema.Consumer.TraceNotification trace) => trace.InfoType switch
    {
        Schema.Consumer.TraceInfo.KeyFrameTraceInfo when trace.Info<Schema.Consumer.KeyFrameTraceInfo>() is { } info =>
            Packet(info.RtpPacket, info.IsRtx),
        Schema.Consumer.TraceInfo.RtpTraceInfo when trace.Info<Schema.Consumer.RtpTraceInfo>() is { } info =>
            Packet(info.RtpPacket, info.IsRtx),
        Schema.Consumer.TraceInfo.FirTraceInfo when trace.Info<Schema.Consumer.FirTraceInfo>() is { } info =>
            new TraceDetail.Feedback(info.Ssrc),
        Schema.Consumer.TraceInfo.PliTraceInfo when trace.Info<Schema.Consumer.PliTraceInfo>() is { } info =>
            new TraceDetail.Feedback(info.Ssrc),
        _ => null,
    };

    private static TraceDetail.Bandwidth Bandwidth(Schema.Transport.BweTraceInfo info) => new(
        info.BweType == Schema.Transport.BweType.REMB ? "remb" : "transport-cc",
        info.DesiredBitrate,
        info.EffectiveDesiredBitrate,
        info.MinBitrate,
        info.MaxBitrate,
        info.StartBitrate,
        info.MaxPaddingBitrate,
        info.AvailableBitrate);

    private static TraceDetail.Packet Packet(Dump? packet, bool isRtx)
    {
        Dump dump = Frame.Required(packet);
        return new TraceDetail.Packet(
            new RtpPacketDump
            {
                PayloadType = dump.PayloadType,
                SequenceNumber = dump.SequenceNumber,
                Timestamp = dump.Timestamp,
                Marker = dump.Marker,
                Ssrc = dump.Ssrc,
                IsKeyFrame = dump.IsKeyFrame,
                Size = dump.Size,
                PayloadSize = dump.PayloadSize,
                SpatialLayer = dump.SpatialLayer,
                TemporalLayer = dump.TemporalLayer,
                Mid = dump.Mid,
                Rid = dump.Rid,
                RepairedRid = dump.Rrid,
                WideSequenceNumber = dump.WideSequenceNumber,
            },
            isRtx);
    }

    private static TraceDirection Direction(Schema.Common.TraceDirection direction) =>
        Frame.Known<TraceDirection>((byte)direction);

    private static WorkerProtocolException Unknown(byte type) => new($"The worker traces {type}.");
}
