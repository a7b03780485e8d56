using Millrace.Controller.Rtp;
using Millrace.Schema.Common;
using Millrace.Schema.Consumer;
using Millrace.Schema.RtpStream;
using Millrace.Schema.Worker;

namespace Millrace.Controller.Wire;

/// <summary>Dumps from the wire as our records.</summary>
internal static class DumpReader
{
    public static WorkerDump Worker(Schema.Worker.DumpResponse wire)
    {
        ChannelMessageHandlers handlers = Frame.Required(wire.ChannelMessageHandlers);
        return new WorkerDump
        {
            ProcessId = checked((int)wire.Pid),
            WebRtcServerIds = Frame.Texts(wire.WebRtcServerIdsLength, wire.WebRtcServerIds),
            RouterIds = Frame.Texts(wire.RouterIdsLength, wire.RouterIds),
            ChannelRequestHandlers = Frame.Texts(
                handlers.ChannelRequestHandlersLength, handlers.ChannelRequestHandlers),
            ChannelNotificationHandlers = Frame.Texts(
                handlers.ChannelNotificationHandlersLength, handlers.ChannelNotificationHandlers),
        };
    }

    public static WorkerResourceUsage ResourceUsage(ResourceUsageResponse wire) => new()
    {
        UserTime = wire.RuUtime,
        SystemTime = wire.RuStime,
        MaxResidentSet = wire.RuMaxrss,
        SharedMemory = wire.RuIxrss,
        UnsharedData = wire.RuIdrss,
        UnsharedStack = wire.RuIsrss,
        MinorFaults = wire.RuMinflt,
        MajorFaults = wire.RuMajflt,
        Swaps = wire.RuNswap,
        BlocksIn = wire.RuInblock,
        BlocksOut = wire.RuOublock,
        MessagesSent = wire.RuMsgsnd,
        MessagesReceived = wire.RuMsgrcv,
        Signals = wire.RuNsignals,
        VoluntaryContextSwitches = wire.RuNvcsw,
        InvoluntaryContextSwitches = wire.RuNivcsw,
    };

    public static WebRtcServerDump WebRtcServer(Schema.WebRtcServer.DumpResponse wire) => new()
    {
        Id = Frame.Required(wire.Id),
        UdpSockets = Frame.Vector(wire.UdpSocketsLength, i => Address(wire.UdpSockets(i))),
        TcpServers = Frame.Vector(wire.TcpServersLength, i => Address(wire.TcpServers(i))),
        WebRtcTransportIds = Frame.Texts(wire.WebRtcTransportIdsLength, wire.WebRtcTransportIds),
        LocalIceUsernameFragments = Frame.Map(
            wire.LocalIceUsernameFragmentsLength,
            wire.LocalIceUsernameFragments,
            entry => Frame.Required(entry.LocalIceUsernameFragment),
            entry => Frame.Required(entry.WebRtcTransportId)),
    };

    public static RouterDump Router(Schema.Router.DumpResponse wire) => new()
    {
        Id = Frame.Required(wire.Id),
        TransportIds = Frame.Texts(wire.TransportIdsLength, wire.TransportIds),
        RtpObserverIds = Frame.Texts(wire.RtpObserverIdsLength, wire.RtpObserverIds),
        ConsumersByProducer = Lists(wire.MapProducerIdConsumerIdsLength, wire.MapProducerIdConsumerIds),
        ProducerByConsumer = TransportReader.Texts(
            wire.MapConsumerIdProducerIdLength, wire.MapConsumerIdProducerId),
        ObserversByProducer = Lists(wire.MapProducerIdObserverIdsLength, wire.MapProducerIdObserverIds),
        DataConsumersByDataProducer = Lists(
            wire.MapDataProducerIdDataConsumerIdsLength, wire.MapDataProducerIdDataConsumerIds),
        DataProducerByDataConsumer = TransportReader.Texts(
            wire.MapDataConsumerIdDataProducerIdLength, wire.MapDataConsumerIdDataProducerId),
    };

    public static ProducerDump Producer(Schema.Producer.DumpResponse wire) => new()
    {
        Id = Frame.Required(wire.Id),
        Kind = Frame.Known<MediaKind>((byte)wire.Kind),
        Type = Frame.Known<RtpType>((byte)wire.Type),
        RtpParameters = RtpReader.Parameters(Frame.Required(wire.RtpParameters)),
        RtpMapping = RtpReader.Mapping(Frame.Required(wire.RtpMapping)),
        RtpStreams = Frame.Vector(wire.RtpStreamsLength, i => Stream(Frame.Required(wire.RtpStreams(i)))),
        TraceEventTypes = Frame.Vector(
            wire.TraceEventTypesLength, i => TraceReader.ProducerType(wire.TraceEventTypes(i))),
        Paused = wire.Paused,
    };

    public static ConsumerDump Consumer(Schema.Consumer.DumpResponse wire)
    {
        Schema.Consumer.ConsumerDump consumer = Frame.Required(wire.Data);
        BaseConsumerDump common = Frame.Required(consumer.Base);
        return new ConsumerDump
        {
            Id = Frame.Required(common.Id),
            Type = Frame.Known<RtpType>((byte)common.Type),
            ProducerId = Frame.Required(common.ProducerId),
            Kind = Frame.Known<MediaKind>((byte)common.Kind),
            RtpParameters = RtpReader.Parameters(Frame.Required(common.RtpParameters)),
            ConsumableRtpEncodings = Frame.Vector(
                common.ConsumableRtpEncodingsLength,
                i => RtpReader.Encoding(Frame.Required(common.ConsumableRtpEncodings(i)))),
            SupportedCodecPayloadTypes = Frame.Vector(
                common.SupportedCodecPayloadTypesLength, i => (int)common.SupportedCodecPayloadTypes(i)),
            TraceEventTypes = Frame.Vector(
                common.TraceEventTypesLength, i => TraceReader.ConsumerType(common.TraceEventTypes(i))),
            Paused = common.Paused,
            ProducerPaused = common.ProducerPaused,
            Priority = common.Priority,
            RtpStreams = Frame.Vector(consumer.RtpStreamsLength, i => Stream(Frame.Required(consumer.RtpStreams(i)))),
            PreferredLayers = Layers(consumer.PreferredSpatialLayer, consumer.PreferredTemporalLayer),
            TargetLayers = Layers(consumer.TargetSpatialLayer, consumer.TargetTemporalLayer),
            CurrentLayers = Layers(consumer.CurrentSpatialLayer, consumer.CurrentTemporalLayer),
        };
    }

    private static IpPort Address(Schema.WebRtcServer.IpPort? wire)
    {
        Schema.WebRtcServer.IpPort address = Frame.Required(wire);
        return new IpPort(Frame.Required(address.Ip), address.Port);
    }

    private static Dictionary<string, IReadOnlyList<string>> Lists(int length, Func<int, StringStringArray?> item) =>
        Frame.Map(
            length,
            item,
            entry => Frame.Required(entry.Key),
            entry => (IReadOnlyList<string>)Frame.Texts(entry.ValuesLength, entry.Values));

    // The wire writes -1 where no layer is chosen.
    private static ConsumerLayers? Layers(short? spatial, short? temporal) =>
        spatial is >= 0 ? new ConsumerLayers(spatial.Value, temporal is >= 0 ? temporal.Value : null) : null;

    private static RtpStreamDump Stream(Dump wire)
    {
        Params stream = Frame.Required(wire.Params);
        return new RtpStreamDump
        {
            EncodingIdx = checked((int)stream.EncodingIdx),
            Ssrc = stream.Ssrc,
            PayloadType = stream.PayloadType,
            MimeType = Frame.Required(stream.MimeType),
            ClockRate = checked((int)stream.ClockRate),
            Rid = stream.Rid is { Length: > 0 } rid ? rid : null,
            Cname = Frame.Required(stream.Cname),
            RtxSsrc = stream.RtxSsrc,
            RtxPayloadType = stream.RtxPayloadType,
            UseNack = stream.UseNack,
            UsePli = stream.UsePli,
            UseFir = stream.UseFir,
            UseInBandFec = stream.UseInBandFec,
            UseDtx = stream.UseDtx,
            SpatialLayers = stream.SpatialLayers,
            TemporalLayers = stream.TemporalLayers,
            Score = wire.Score,
            RtxStream = wire.RtxStream is { } rtx ? Retransmission(Frame.Required(rtx.Params)) : null,
        };
    }

    private static RtxStreamDump Retransmission(Schema.RtxStream.Params wire) => new()
    {
        Ssrc = wire.Ssrc,
        PayloadType = wire.PayloadType,
        MimeType = Frame.Required(wire.MimeType),
        ClockRate = checked((int)wire.ClockRate),
        RepairedRid = wire.Rrid is { Length: > 0 } rid ? rid : null,
        Cname = Frame.Required(wire.Cname),
    };
}
