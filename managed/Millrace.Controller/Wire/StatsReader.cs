using Millrace.Controller.Rtp;
using Millrace.Schema.RtpStream;

namespace Millrace.Controller.Wire;

/// <summary>Statistics from the wire as our records.</summary>
internal static class StatsReader
{
    public static WebRtcTransportStats WebRtcTransport(Schema.WebRtcTransport.GetStatsResponse wire)
    {
        Schema.Transport.Stats common = Frame.Required(wire.Base);
        return Common(common, new WebRtcTransportStats
        {
            TransportId = Frame.Required(common.TransportId),
            Timestamp = common.Timestamp,
            IceRole = Frame.Known<IceRole>((byte)wire.IceRole),
            IceState = Frame.Known<IceState>((byte)wire.IceState),
            IceSelectedTuple = TransportReader.OptionalTuple(wire.IceSelectedTuple),
            DtlsState = Frame.Known<DtlsState>((byte)wire.DtlsState),
        });
    }

    public static PlainTransportStats PlainTransport(Schema.PlainTransport.GetStatsResponse wire)
    {
        Schema.Transport.Stats common = Frame.Required(wire.Base);
        return Common(common, new PlainTransportStats
        {
            TransportId = Frame.Required(common.TransportId),
            Timestamp = common.Timestamp,
            RtcpMux = wire.RtcpMux,
            Comedia = wire.Comedia,
            Tuple = TransportReader.Tuple(Frame.Required(wire.Tuple)),
            RtcpTuple = TransportReader.OptionalTuple(wire.RtcpTuple),
        });
    }

    public static PipeTransportStats PipeTransport(Schema.PipeTransport.GetStatsResponse wire)
    {
        Schema.Transport.Stats common = Frame.Required(wire.Base);
        return Common(common, new PipeTransportStats
        {
            TransportId = Frame.Required(common.TransportId),
            Timestamp = common.Timestamp,
            Tuple = TransportReader.Tuple(Frame.Required(wire.Tuple)),
        });
    }

    public static DirectTransportStats DirectTransport(Schema.DirectTransport.GetStatsResponse wire)
    {
        Schema.Transport.Stats common = Frame.Required(wire.Base);
        return Common(common, new DirectTransportStats
        {
            TransportId = Frame.Required(common.TransportId),
            Timestamp = common.Timestamp,
        });
    }

    public static RtpStreamStats Stream(Stats wire) => wire.DataType switch
    {
        StatsData.RecvStats => Received(Frame.Required(wire.Data<RecvStats>())),
        StatsData.SendStats => Sent(Frame.Required(wire.Data<SendStats>())),
        StatsData.NONE or StatsData.BaseStats or _ =>
            throw new WorkerProtocolException($"The worker sent {wire.DataType} for statistics."),
    };

    private static T Common<T>(Schema.Transport.Stats wire, T stats)
        where T : TransportStats => (T)(stats with
        {
            SctpState = SctpReader.State(wire.SctpState),
            BytesReceived = wire.BytesReceived,
            RecvBitrate = wire.RecvBitrate,
            BytesSent = wire.BytesSent,
            SendBitrate = wire.SendBitrate,
            RtpBytesReceived = wire.RtpBytesReceived,
            RtpRecvBitrate = wire.RtpRecvBitrate,
            RtpBytesSent = wire.RtpBytesSent,
            RtpSendBitrate = wire.RtpSendBitrate,
            RtxBytesReceived = wire.RtxBytesReceived,
            RtxRecvBitrate = wire.RtxRecvBitrate,
            RtxBytesSent = wire.RtxBytesSent,
            RtxSendBitrate = wire.RtxSendBitrate,
            ProbationBytesSent = wire.ProbationBytesSent,
            ProbationSendBitrate = wire.ProbationSendBitrate,
            AvailableOutgoingBitrate = wire.AvailableOutgoingBitrate,
            AvailableIncomingBitrate = wire.AvailableIncomingBitrate,
            MaxIncomingBitrate = wire.MaxIncomingBitrate,
            MaxOutgoingBitrate = wire.MaxOutgoingBitrate,
            MinOutgoingBitrate = wire.MinOutgoingBitrate,
            RtpPacketLossReceived = wire.RtpPacketLossReceived,
            RtpPacketLossSent = wire.RtpPacketLossSent,
        });

    private static RtpStreamStats Received(RecvStats wire) => Base(wire.Base, "inbound-rtp") with
    {
        PacketCount = wire.PacketCount,
        ByteCount = wire.ByteCount,
        Bitrate = wire.Bitrate,
        BitrateByLayer = Frame.Map(
            wire.BitrateByLayerLength,
            wire.BitrateByLayer,
            entry => Frame.Required(entry.Layer),
            entry => entry.Bitrate),
    };

    private static RtpStreamStats Sent(SendStats wire) => Base(wire.Base, "outbound-rtp") with
    {
        PacketCount = wire.PacketCount,
        ByteCount = wire.ByteCount,
        Bitrate = wire.Bitrate,
    };

    private static RtpStreamStats Base(Stats? outer, string type)
    {
        BaseStats wire = Frame.Required(Frame.Required(outer).Data<BaseStats>());
        return new RtpStreamStats
        {
            Type = type,
            Timestamp = wire.Timestamp,
            Ssrc = wire.Ssrc,
            RtxSsrc = wire.RtxSsrc,
            Rid = wire.Rid,
            Kind = Frame.Known<MediaKind>((byte)wire.Kind),
            MimeType = Frame.Required(wire.MimeType),
            PacketsLost = wire.PacketsLost,
            FractionLost = wire.FractionLost,
            Jitter = wire.Jitter,
            PacketsDiscarded = wire.PacketsDiscarded,
            PacketsRetransmitted = wire.PacketsRetransmitted,
            PacketsRepaired = wire.PacketsRepaired,
            NackCount = wire.NackCount,
            NackPacketCount = wire.NackPacketCount,
            PliCount = wire.PliCount,
            FirCount = wire.FirCount,
            RtxPacketsDiscarded = wire.RtxPacketsDiscarded,
            RoundTripTime = wire.RoundTripTime,
            Score = wire.Score,
        };
    }
}
