using FlatBuffers;
using Millrace.Controller.Rtp;
using Millrace.Interop;
using Millrace.Schema.Request;
using Millrace.Schema.Router;
using Millrace.Schema.RtpObserver;
using Millrace.Schema.Transport;
using Millrace.Schema.Worker;
using Answers = Millrace.Schema.Response.Body;

namespace Millrace.Controller.Wire;

/// <summary>The requests about workers, routers and media, one member each.</summary>
internal static class WorkerRequests
{
    public static Request<WorkerDump> DumpWorker() => new(
        Method.WORKER_DUMP,
        string.Empty,
        body => DumpReader.Worker(body.As<Schema.Worker.DumpResponse>(Answers.Worker_DumpResponse)));

    public static Request<WorkerResourceUsage> GetResourceUsage() => new(
        Method.WORKER_GET_RESOURCE_USAGE,
        string.Empty,
        body => DumpReader.ResourceUsage(body.As<ResourceUsageResponse>(Answers.Worker_ResourceUsageResponse)));

    public static Request<MediaCounters> GetCounters() => new(
        Method.WORKER_GET_COUNTERS,
        string.Empty,
        body => CountersReader.Read(body.As<Schema.Counters.GetCountersResponse>(Answers.Counters_GetCountersResponse)));

    public static Request<Nothing> UpdateSettings(WorkerLogLevel? level, WorkerLogTags? tags) => Plain(
        Method.WORKER_UPDATE_SETTINGS,
        string.Empty,
        Body.Worker_UpdateSettingsRequest,
        builder =>
        {
            StringOffset levelText = RtpWriter.Text(builder, level?.ToString().ToLowerInvariant());
            VectorOffset tagTexts = default;
            if (tags is { } chosen)
            {
                tagTexts = UpdateSettingsRequest.CreateLogTagsVector(
                    builder,
                    [
                        .. from tag in Enum.GetValues<WorkerLogTags>()
                           where tag != WorkerLogTags.None && chosen.HasFlag(tag)
                           select builder.CreateString(tag.ToString().ToLowerInvariant()),
                    ]);
            }
            return UpdateSettingsRequest.CreateUpdateSettingsRequest(builder, levelText, tagTexts).Value;
        });

    public static Request<Nothing> CreateWebRtcServer(string id, IReadOnlyList<ListenInfo> listenInfos) => Plain(
        Method.WORKER_CREATE_WEBRTCSERVER,
        string.Empty,
        Body.Worker_CreateWebRtcServerRequest,
        builder => CreateWebRtcServerRequest.CreateCreateWebRtcServerRequest(
            builder,
            builder.CreateString(id),
            CreateWebRtcServerRequest.CreateListenInfosVector(
                builder, TransportWriter.ListenInfos(builder, listenInfos))).Value);

    public static Request<Nothing> CloseWebRtcServer(string id) => Plain(
        Method.WORKER_WEBRTCSERVER_CLOSE,
        string.Empty,
        Body.Worker_CloseWebRtcServerRequest,
        builder => CloseWebRtcServerRequest.CreateCloseWebRtcServerRequest(builder, builder.CreateString(id)).Value);

    public static Request<WebRtcServerDump> DumpWebRtcServer(string id) => new(
        Method.WEBRTCSERVER_DUMP,
        id,
        body => DumpReader.WebRtcServer(body.As<Schema.WebRtcServer.DumpResponse>(Answers.WebRtcServer_DumpResponse)));

    public static Request<Nothing> CreateRouter(string id) => Plain(
        Method.WORKER_CREATE_ROUTER,
        string.Empty,
        Body.Worker_CreateRouterRequest,
        builder => CreateRouterRequest.CreateCreateRouterRequest(builder, builder.CreateString(id)).Value);

    public static Request<Nothing> CloseRouter(string id) => Plain(
        Method.WORKER_CLOSE_ROUTER,
        string.Empty,
        Body.Worker_CloseRouterRequest,
        builder => CloseRouterRequest.CreateCloseRouterRequest(builder, builder.CreateString(id)).Value);

    public static Request<RouterDump> DumpRouter(string id) => new(
        Method.ROUTER_DUMP,
        id,
        body => DumpReader.Router(body.As<Schema.Router.DumpResponse>(Answers.Router_DumpResponse)));

    public static Request<WebRtcTransportDump> CreateWebRtcTransport(
        string routerId, string id, WebRtcTransportOptions options) => new(
        options.WebRtcServer is null
            ? Method.ROUTER_CREATE_WEBRTCTRANSPORT
            : Method.ROUTER_CREATE_WEBRTCTRANSPORT_WITH_SERVER,
        routerId,
        ReadWebRtcTransportDump,
        Body.Router_CreateWebRtcTransportRequest,
        builder => CreateWebRtcTransportRequest.CreateCreateWebRtcTransportRequest(
            builder, builder.CreateString(id), TransportWriter.WebRtcOptions(builder, options)).Value);

    public static Request<PlainTransportDump> CreatePlainTransport(
        string routerId, string id, PlainTransportOptions options) => new(
        Method.ROUTER_CREATE_PLAINTRANSPORT,
        routerId,
        ReadPlainTransportDump,
        Body.Router_CreatePlainTransportRequest,
        builder => CreatePlainTransportRequest.CreateCreatePlainTransportRequest(
            builder, builder.CreateString(id), TransportWriter.PlainOptions(builder, options)).Value);

    public static Request<Nothing> CloseTransport(string routerId, string id) => Plain(
        Method.ROUTER_CLOSE_TRANSPORT,
        routerId,
        Body.Router_CloseTransportRequest,
        builder => CloseTransportRequest.CreateCloseTransportRequest(builder, builder.CreateString(id)).Value);

    public static Request<Nothing> CreateAudioLevelObserver(
        string routerId, string id, AudioLevelObserverOptions options) => Plain(
        Method.ROUTER_CREATE_AUDIOLEVELOBSERVER,
        routerId,
        Body.Router_CreateAudioLevelObserverRequest,
        builder => CreateAudioLevelObserverRequest.CreateCreateAudioLevelObserverRequest(
            builder,
            builder.CreateString(id),
            Schema.AudioLevelObserver.AudioLevelObserverOptions.CreateAudioLevelObserverOptions(
                builder,
                checked((ushort)options.MaxEntries),
                checked((sbyte)options.Threshold),
                checked((ushort)options.Interval))).Value);

    public static Request<Nothing> CreateActiveSpeakerObserver(
        string routerId, string id, ActiveSpeakerObserverOptions options) => Plain(
        Method.ROUTER_CREATE_ACTIVESPEAKEROBSERVER,
        routerId,
        Body.Router_CreateActiveSpeakerObserverRequest,
        builder => CreateActiveSpeakerObserverRequest.CreateCreateActiveSpeakerObserverRequest(
            builder,
            builder.CreateString(id),
            Schema.ActiveSpeakerObserver.ActiveSpeakerObserverOptions.CreateActiveSpeakerObserverOptions(
                builder, checked((ushort)options.Interval))).Value);

    public static Request<Nothing> CloseRtpObserver(string routerId, string id) => Plain(
        Method.ROUTER_CLOSE_RTPOBSERVER,
        routerId,
        Body.Router_CloseRtpObserverRequest,
        builder => CloseRtpObserverRequest.CreateCloseRtpObserverRequest(builder, builder.CreateString(id)).Value);

    public static Request<Nothing> PauseRtpObserver(string id) => Plain(Method.RTPOBSERVER_PAUSE, id);

    public static Request<Nothing> ResumeRtpObserver(string id) => Plain(Method.RTPOBSERVER_RESUME, id);

    public static Request<Nothing> AddProducer(string observerId, string producerId) => Plain(
        Method.RTPOBSERVER_ADD_PRODUCER,
        observerId,
        Body.RtpObserver_AddProducerRequest,
        builder => AddProducerRequest.CreateAddProducerRequest(builder, builder.CreateString(producerId)).Value);

    public static Request<Nothing> RemoveProducer(string observerId, string producerId) => Plain(
        Method.RTPOBSERVER_REMOVE_PRODUCER,
        observerId,
        Body.RtpObserver_RemoveProducerRequest,
        builder => RemoveProducerRequest.CreateRemoveProducerRequest(builder, builder.CreateString(producerId)).Value);

    public static Request<WebRtcTransportDump> DumpWebRtcTransport(string id) =>
        new(Method.TRANSPORT_DUMP, id, ReadWebRtcTransportDump);

    public static Request<PlainTransportDump> DumpPlainTransport(string id) =>
        new(Method.TRANSPORT_DUMP, id, ReadPlainTransportDump);

    public static Request<WebRtcTransportStats> GetWebRtcTransportStats(string id) => new(
        Method.TRANSPORT_GET_STATS,
        id,
        body => StatsReader.WebRtcTransport(
            body.As<Schema.WebRtcTransport.GetStatsResponse>(Answers.WebRtcTransport_GetStatsResponse)));

    public static Request<PlainTransportStats> GetPlainTransportStats(string id) => new(
        Method.TRANSPORT_GET_STATS,
        id,
        body => StatsReader.PlainTransport(
            body.As<Schema.PlainTransport.GetStatsResponse>(Answers.PlainTransport_GetStatsResponse)));

    public static Request<DtlsRole> ConnectWebRtcTransport(string id, DtlsParameters parameters) => new(
        Method.WEBRTCTRANSPORT_CONNECT,
        id,
        body => Frame.Known<DtlsRole>((byte)body.As<Schema.WebRtcTransport.ConnectResponse>(
            Answers.WebRtcTransport_ConnectResponse).DtlsLocalRole),
        Body.WebRtcTransport_ConnectRequest,
        builder => Schema.WebRtcTransport.ConnectRequest.CreateConnectRequest(
            builder, TransportWriter.Dtls(builder, parameters)).Value);

    public static Request<PlainConnectAnswer> ConnectPlainTransport(string id, PlainTransportConnectOptions options) => new(
        Method.PLAINTRANSPORT_CONNECT,
        id,
        body =>
        {
            Schema.PlainTransport.ConnectResponse answer =
                body.As<Schema.PlainTransport.ConnectResponse>(Answers.PlainTransport_ConnectResponse);
            return new PlainConnectAnswer(
                TransportReader.OptionalTuple(answer.Tuple),
                TransportReader.OptionalTuple(answer.RtcpTuple),
                TransportReader.Srtp(answer.SrtpParameters));
        },
        Body.PlainTransport_ConnectRequest,
        builder => Schema.PlainTransport.ConnectRequest.CreateConnectRequest(
            builder,
            RtpWriter.Text(builder, options.Ip),
            checked((ushort?)options.Port),
            checked((ushort?)options.RtcpPort),
            TransportWriter.Srtp(builder, options.SrtpParameters)).Value);

    public static Request<IceParameters> RestartIce(string id) => new(
        Method.TRANSPORT_RESTART_ICE,
        id,
        body =>
        {
            RestartIceResponse answer = body.As<RestartIceResponse>(Answers.Transport_RestartIceResponse);
            return new IceParameters(
                Frame.Required(answer.UsernameFragment), Frame.Required(answer.Password), answer.IceLite);
        });

    public static Request<Nothing> SetMaxIncomingBitrate(string id, long bitrate) => Plain(
        Method.TRANSPORT_SET_MAX_INCOMING_BITRATE,
        id,
        Body.Transport_SetMaxIncomingBitrateRequest,
        builder => SetMaxIncomingBitrateRequest.CreateSetMaxIncomingBitrateRequest(builder, (ulong)bitrate).Value);

    public static Request<Nothing> SetMaxOutgoingBitrate(string id, long bitrate) => Plain(
        Method.TRANSPORT_SET_MAX_OUTGOING_BITRATE,
        id,
        Body.Transport_SetMaxOutgoingBitrateRequest,
        builder => SetMaxOutgoingBitrateRequest.CreateSetMaxOutgoingBitrateRequest(builder, (ulong)bitrate).Value);

    public static Request<Nothing> SetMinOutgoingBitrate(string id, long bitrate) => Plain(
        Method.TRANSPORT_SET_MIN_OUTGOING_BITRATE,
        id,
        Body.Transport_SetMinOutgoingBitrateRequest,
        builder => SetMinOutgoingBitrateRequest.CreateSetMinOutgoingBitrateRequest(builder, (ulong)bitrate).Value);

    public static Request<Nothing> EnableTransportTrace(string id, IReadOnlyList<TraceEventType> types) => Plain(
        Method.TRANSPORT_ENABLE_TRACE_EVENT,
        id,
        Body.Transport_EnableTraceEventRequest,
        builder => EnableTraceEventRequest.CreateEnableTraceEventRequest(
            builder, EnableTraceEventRequest.CreateEventsVector(builder, TraceWriter.Transport(types))).Value);

    public static Request<RtpType> Produce(
        string transportId, string id, ProducerOptions options, Rtp.RtpParameters parameters, RtpMapping mapping) => new(
        Method.TRANSPORT_PRODUCE,
        transportId,
        body => Frame.Known<RtpType>((byte)body.As<ProduceResponse>(Answers.Transport_ProduceResponse).Type),
        Body.Transport_ProduceRequest,
        builder => ProduceRequest.CreateProduceRequest(
            builder,
            builder.CreateString(id),
            (Schema.RtpParameters.MediaKind)(byte)options.Kind,
            RtpWriter.Parameters(builder, parameters),
            RtpWriter.Mapping(builder, mapping),
            options.Paused,
            checked((uint)options.KeyFrameRequestDelay),
            options.EnablePacketId).Value);

    public static Request<Nothing> CloseProducer(string transportId, string id) => Plain(
        Method.TRANSPORT_CLOSE_PRODUCER,
        transportId,
        Body.Transport_CloseProducerRequest,
        builder => CloseProducerRequest.CreateCloseProducerRequest(builder, builder.CreateString(id)).Value);

    public static Request<ProducerDump> DumpProducer(string id) => new(
        Method.PRODUCER_DUMP,
        id,
        body => DumpReader.Producer(body.As<Schema.Producer.DumpResponse>(Answers.Producer_DumpResponse)));

    public static Request<IReadOnlyList<RtpStreamStats>> GetProducerStats(string id) => new(
        Method.PRODUCER_GET_STATS,
        id,
        body =>
        {
            Schema.Producer.GetStatsResponse answer =
                body.As<Schema.Producer.GetStatsResponse>(Answers.Producer_GetStatsResponse);
            return Frame.Vector(answer.StatsLength, i => StatsReader.Stream(Frame.Required(answer.Stats(i))));
        });

    public static Request<Nothing> PauseProducer(string id) => Plain(Method.PRODUCER_PAUSE, id);

    public static Request<Nothing> ResumeProducer(string id) => Plain(Method.PRODUCER_RESUME, id);

    public static Request<Nothing> EnableProducerTrace(string id, IReadOnlyList<TraceEventType> types) => Plain(
        Method.PRODUCER_ENABLE_TRACE_EVENT,
        id,
        Body.Producer_EnableTraceEventRequest,
        builder => Schema.Producer.EnableTraceEventRequest.CreateEnableTraceEventRequest(
            builder,
            Schema.Producer.EnableTraceEventRequest.CreateEventsVector(builder, TraceWriter.Producer(types))).Value);

    public static Request<ConsumeAnswer> Consume(
        string transportId, string id, ConsumerOptions options, RtpType type, Rtp.RtpParameters parameters) => new(
        Method.TRANSPORT_CONSUME,
        transportId,
        body =>
        {
            ConsumeResponse answer = body.As<ConsumeResponse>(Answers.Transport_ConsumeResponse);
            return new ConsumeAnswer(
                answer.Paused,
                answer.ProducerPaused,
                RtpReader.Score(Frame.Required(answer.Score)),
                RtpReader.Layers(answer.PreferredLayers));
        },
        Body.Transport_ConsumeRequest,
        builder => ConsumeRequest.CreateConsumeRequest(
            builder,
            builder.CreateString(id),
            builder.CreateString(options.Producer.Id),
            (Schema.RtpParameters.MediaKind)(byte)options.Producer.Kind,
            RtpWriter.Parameters(builder, parameters),
            (Schema.RtpParameters.Type)(byte)type,
            RtpWriter.Encodings(builder, options.Producer.ConsumableRtpParameters.Encodings),
            options.Paused,
            RtpWriter.Layers(builder, options.PreferredLayers),
            options.IgnoreDtx).Value);

    public static Request<Nothing> CloseConsumer(string transportId, string id) => Plain(
        Method.TRANSPORT_CLOSE_CONSUMER,
        transportId,
        Body.Transport_CloseConsumerRequest,
        builder => CloseConsumerRequest.CreateCloseConsumerRequest(builder, builder.CreateString(id)).Value);

    public static Request<ConsumerDump> DumpConsumer(string id) => new(
        Method.CONSUMER_DUMP,
        id,
        body => DumpReader.Consumer(body.As<Schema.Consumer.DumpResponse>(Answers.Consumer_DumpResponse)));

    public static Request<IReadOnlyList<RtpStreamStats>> GetConsumerStats(string id) => new(
        Method.CONSUMER_GET_STATS,
        id,
        body =>
        {
            Schema.Consumer.GetStatsResponse answer =
                body.As<Schema.Consumer.GetStatsResponse>(Answers.Consumer_GetStatsResponse);
            return Frame.Vector(answer.StatsLength, i => StatsReader.Stream(Frame.Required(answer.Stats(i))));
        });

    public static Request<Nothing> PauseConsumer(string id) => Plain(Method.CONSUMER_PAUSE, id);

    public static Request<Nothing> ResumeConsumer(string id) => Plain(Method.CONSUMER_RESUME, id);

    public static Request<Nothing> RequestKeyFrame(string id) => Plain(Method.CONSUMER_REQUEST_KEY_FRAME, id);

    public static Request<ConsumerLayers?> SetPreferredLayers(string id, ConsumerLayers layers) => new(
        Method.CONSUMER_SET_PREFERRED_LAYERS,
        id,
        body => RtpReader.Layers(body.As<Schema.Consumer.SetPreferredLayersResponse>(
            Answers.Consumer_SetPreferredLayersResponse).PreferredLayers),
        Body.Consumer_SetPreferredLayersRequest,
        builder => Schema.Consumer.SetPreferredLayersRequest.CreateSetPreferredLayersRequest(
            builder, RtpWriter.Layers(builder, layers)).Value);

    public static Request<int> SetPriority(string id, int priority) => new(
        Method.CONSUMER_SET_PRIORITY,
        id,
        body => body.As<Schema.Consumer.SetPriorityResponse>(Answers.Consumer_SetPriorityResponse).Priority,
        Body.Consumer_SetPriorityRequest,
        builder => Schema.Consumer.SetPriorityRequest.CreateSetPriorityRequest(builder, (byte)priority).Value);

    public static Request<Nothing> EnableConsumerTrace(string id, IReadOnlyList<TraceEventType> types) => Plain(
        Method.CONSUMER_ENABLE_TRACE_EVENT,
        id,
        Body.Consumer_EnableTraceEventRequest,
        builder => Schema.Consumer.EnableTraceEventRequest.CreateEnableTraceEventRequest(
            builder,
            Schema.Consumer.EnableTraceEventRequest.CreateEventsVector(builder, TraceWriter.Consumer(types))).Value);

    internal static Request<Nothing> Plain(
        Method method, string handlerId, Body type = Body.NONE, Func<FlatBufferBuilder, int>? body = null) =>
        new(method, handlerId, static _ => default, type, body);

    private static WebRtcTransportDump ReadWebRtcTransportDump(ResponseBody body) => TransportReader.WebRtcDump(
        body.As<Schema.WebRtcTransport.DumpResponse>(Answers.WebRtcTransport_DumpResponse));

    private static PlainTransportDump ReadPlainTransportDump(ResponseBody body) => TransportReader.PlainDump(
        body.As<Schema.PlainTransport.DumpResponse>(Answers.PlainTransport_DumpResponse));
}
