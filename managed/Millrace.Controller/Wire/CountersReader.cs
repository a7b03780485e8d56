using Millrace.Schema.Counters;

namespace Millrace.Controller.Wire;

/// <summary>Counters from the wire as our records.</summary>
internal static class CountersReader
{
    public static MediaCounters Read(GetCountersResponse wire) => new()
    {
        Received = Packets(wire.Received),
        Sent = Packets(wire.Sent),
        Drops = Frame.Map(wire.DropsLength, wire.Drops, static one => Frame.Required(one.Reason), static one => one.Count),
        Media = Traffic(Frame.Required(wire.Media)),
        LayerSwitches = Frame.Map(
            wire.LayerSwitchesLength, wire.LayerSwitches, static one => Frame.Required(one.Reason), static one => one.Count),
        Connections = Connected(Frame.Required(wire.Connections)),
        Channel = Frames(Frame.Required(wire.Channel)),
        Batches = Sizes(Frame.Required(wire.Batches)),
        Objects = Held(Frame.Required(wire.Objects)),
        Estimates = Estimated(Frame.Required(wire.Estimates)),
    };

    private static PacketCount Packets(Schema.Counters.PacketCount? wire)
    {
        Schema.Counters.PacketCount count = Frame.Required(wire);
        return new PacketCount(count.Packets, count.Bytes);
    }

    private static MediaTraffic Traffic(Media wire) => new()
    {
        RtpReceived = Packets(wire.RtpReceived),
        RtpSent = Packets(wire.RtpSent),
        RtxSent = Packets(wire.RtxSent),
        ProbationSent = Packets(wire.ProbationSent),
        RtcpReceived = wire.RtcpReceived,
        NacksReceived = wire.NacksReceived,
        PacketsAskedAgain = wire.PacketsAskedAgain,
        PacketsResent = wire.PacketsResent,
        NacksSent = wire.NacksSent,
        KeyFramesAsked = wire.KeyFramesAsked,
        KeyFrameRequestsSent = wire.KeyFrameRequestsSent,
        TransportFeedbacksReceived = wire.TransportFeedbacksReceived,
        RembsReceived = wire.RembsReceived,
    };

    private static ConnectionCounts Connected(Connections wire) => new()
    {
        IceCompleted = wire.IceCompleted,
        IceDisconnected = wire.IceDisconnected,
        DtlsConnected = wire.DtlsConnected,
        DtlsFailed = wire.DtlsFailed,
        SctpConnected = wire.SctpConnected,
        SctpFailed = wire.SctpFailed,
    };

    private static ChannelFrameCounts Frames(ChannelFrames wire) => new()
    {
        Requests = wire.Requests,
        RequestsRefused = wire.RequestsRefused,
        NotificationsReceived = wire.NotificationsReceived,
        NotificationsRefused = wire.NotificationsRefused,
        Unreadable = wire.Unreadable,
        NotificationsSent = wire.NotificationsSent,
        LogLinesSent = wire.LogLinesSent,
    };

    private static BatchSizes Sizes(Batches wire) => new()
    {
        Receive = Histogram(wire.Receive),
        Send = Histogram(wire.Send),
        Segments = Histogram(wire.Segments),
        TickMicroseconds = Histogram(wire.TickUs),
    };

    private static SizeHistogram Histogram(Histogram? wire)
    {
        Histogram histogram = Frame.Required(wire);
        return new SizeHistogram { Buckets = Frame.Vector(histogram.BucketsLength, histogram.Buckets), Sum = histogram.Sum };
    }

    private static ObjectCounts Held(Objects wire) => new()
    {
        WebRtcServers = wire.WebRtcServers,
        Routers = wire.Routers,
        Transports = wire.Transports,
        Producers = wire.Producers,
        Consumers = wire.Consumers,
        DataProducers = wire.DataProducers,
        DataConsumers = wire.DataConsumers,
        RtpObservers = wire.RtpObservers,
        PacketsInUse = wire.PacketsInUse,
        PacketsMax = wire.PacketsMax,
    };

    private static BandwidthEstimates Estimated(Estimates wire) => new()
    {
        Normal = wire.Normal,
        Overuse = wire.Overuse,
        Underuse = wire.Underuse,
        Limited = wire.Limited,
        EstimatedBitrate = wire.EstimatedBps,
        WantedBitrate = wire.WantedBps,
        PacketsPaced = wire.PacketsPaced,
    };
}
