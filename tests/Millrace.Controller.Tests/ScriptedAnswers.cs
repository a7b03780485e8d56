using FlatBuffers;
using Millrace.Schema.Request;
using Millrace.Schema.Transport;
using Millrace.Schema.WebRtcTransport;
using Answers = Millrace.Schema.Response.Body;

namespace Millrace.Controller.Tests;

/// <summary>What a willing worker answers.</summary>
internal static class ScriptedAnswers
{
    public static ScriptedAnswer Accept(ScriptedRequest request) => request.Method switch
    {
        Method.ROUTER_CREATE_WEBRTCTRANSPORT or Method.ROUTER_CREATE_WEBRTCTRANSPORT_WITH_SERVER => new(
            Answers.WebRtcTransport_DumpResponse,
            builder => WebRtcDump(
                builder, request.Wire.Body<Schema.Router.CreateWebRtcTransportRequest>()!.Value.TransportId)),
        Method.ROUTER_CREATE_PLAINTRANSPORT => new(
            Answers.PlainTransport_DumpResponse,
            builder => PlainDump(
                builder, request.Wire.Body<Schema.Router.CreatePlainTransportRequest>()!.Value.TransportId)),
        Method.ROUTER_CREATE_PIPETRANSPORT => new(
            Answers.PipeTransport_DumpResponse,
            builder => PipeDump(builder, request.Wire.Body<Schema.Router.CreatePipeTransportRequest>()!.Value)),
        Method.ROUTER_CREATE_DIRECTTRANSPORT => new(
            Answers.DirectTransport_DumpResponse,
            builder => Schema.DirectTransport.DumpResponse.CreateDumpResponse(
                builder,
                Common(builder, request.Wire.Body<Schema.Router.CreateDirectTransportRequest>()!.Value.TransportId)).Value),
        Method.PIPETRANSPORT_CONNECT => new(
            Answers.PipeTransport_ConnectResponse,
            builder => Schema.PipeTransport.ConnectResponse.CreateConnectResponse(
                builder, PipeTuple(builder, request.Wire.Body<Schema.PipeTransport.ConnectRequest>()!.Value.Port ?? 0)).Value),
        >= Method.DATAPRODUCER_DUMP and <= Method.DATACONSUMER_REMOVE_SUBCHANNEL
            or Method.TRANSPORT_PRODUCE_DATA or Method.TRANSPORT_CONSUME_DATA => ScriptedData.Accept(request),
        Method.TRANSPORT_PRODUCE => new(
            Answers.Transport_ProduceResponse,
            builder => ProduceResponse.CreateProduceResponse(builder, Schema.RtpParameters.Type.SIMPLE).Value),
        Method.TRANSPORT_CONSUME => new(
            Answers.Transport_ConsumeResponse,
            builder => ConsumeResponse.CreateConsumeResponse(
                builder,
                request.Wire.Body<ConsumeRequest>()!.Value.Paused,
                false,
                Schema.Consumer.ConsumerScore.CreateConsumerScore(
                    builder, 10, 9, Schema.Consumer.ConsumerScore.CreateProducerScoresVector(builder, [9, 8]))).Value),
        Method.WEBRTCTRANSPORT_CONNECT => new(
            Answers.WebRtcTransport_ConnectResponse,
            builder => ConnectResponse.CreateConnectResponse(builder, Schema.WebRtcTransport.DtlsRole.SERVER).Value),
        Method.TRANSPORT_RESTART_ICE => new(
            Answers.Transport_RestartIceResponse,
            builder => RestartIceResponse.CreateRestartIceResponse(
                builder, builder.CreateString("new"), builder.CreateString("secret"), true).Value),
        Method.CONSUMER_SET_PRIORITY => new(
            Answers.Consumer_SetPriorityResponse,
            builder => Schema.Consumer.SetPriorityResponse.CreateSetPriorityResponse(
                builder, request.Wire.Body<Schema.Consumer.SetPriorityRequest>()!.Value.Priority).Value),
        _ => new ScriptedAnswer(),
    };

    public static ScriptedAnswer WorkerDump() => new(
        Answers.Worker_DumpResponse,
        builder =>
        {
            VectorOffset servers = Schema.Worker.DumpResponse.CreateWebRtcServerIdsVector(builder, []);
            VectorOffset routers = Schema.Worker.DumpResponse.CreateRouterIdsVector(builder, [builder.CreateString("r1")]);
            Offset<Schema.Worker.ChannelMessageHandlers> handlers =
                Schema.Worker.ChannelMessageHandlers.CreateChannelMessageHandlers(
                    builder,
                    Schema.Worker.ChannelMessageHandlers.CreateChannelRequestHandlersVector(builder, [builder.CreateString("r1")]),
                    Schema.Worker.ChannelMessageHandlers.CreateChannelNotificationHandlersVector(builder, []));
            return Schema.Worker.DumpResponse.CreateDumpResponse(builder, 4711, servers, routers, handlers).Value;
        });

    private static int WebRtcDump(FlatBufferBuilder builder, string id)
    {
        Offset<Dump> common = Common(builder, id);
        Offset<Schema.WebRtcTransport.IceParameters> ice = Schema.WebRtcTransport.IceParameters.CreateIceParameters(
            builder, builder.CreateString("ufrag"), builder.CreateString("password"), true);
        VectorOffset candidates = DumpResponse.CreateIceCandidatesVector(
            builder,
            [
                Schema.WebRtcTransport.IceCandidate.CreateIceCandidate(
                    builder, builder.CreateString("udpcandidate"), 1076302079, builder.CreateString("127.0.0.1"), Protocol.UDP, 40000),
                Schema.WebRtcTransport.IceCandidate.CreateIceCandidate(
                    builder,
                    builder.CreateString("tcpcandidate"),
                    1076276479,
                    builder.CreateString("127.0.0.1"),
                    Protocol.TCP,
                    40001,
                    IceCandidateType.HOST,
                    IceCandidateTcpType.PASSIVE),
            ]);
        Offset<Schema.WebRtcTransport.DtlsParameters> dtls = Schema.WebRtcTransport.DtlsParameters.CreateDtlsParameters(
            builder,
            Schema.WebRtcTransport.DtlsParameters.CreateFingerprintsVector(
                builder,
                [Fingerprint.CreateFingerprint(builder, FingerprintAlgorithm.SHA256, builder.CreateString("AA:BB"))]));
        return DumpResponse.CreateDumpResponse(
            builder, common, Schema.WebRtcTransport.IceRole.CONTROLLED, ice, candidates, Schema.WebRtcTransport.IceState.NEW, default, dtls).Value;
    }

    private static int PlainDump(FlatBufferBuilder builder, string id)
    {
        Offset<Dump> common = Common(builder, id);
        Offset<Schema.Transport.Tuple> tuple =
            Schema.Transport.Tuple.CreateTuple(builder, builder.CreateString("127.0.0.1"), 40002);
        return Schema.PlainTransport.DumpResponse.CreateDumpResponse(builder, common, true, true, tuple).Value;
    }

    private static int PipeDump(FlatBufferBuilder builder, Schema.Router.CreatePipeTransportRequest request)
    {
        Schema.PipeTransport.PipeTransportOptions options = request.Options!.Value;
        Offset<Dump> common = Common(builder, request.TransportId);
        Offset<Schema.Transport.Tuple> tuple = PipeTuple(builder, null);
        Offset<Schema.SrtpParameters.SrtpParameters> srtp = options.EnableSrtp
            ? Schema.SrtpParameters.SrtpParameters.CreateSrtpParameters(
                builder, Schema.SrtpParameters.SrtpCryptoSuite.AEAD_AES_256_GCM, builder.CreateString(request.TransportId))
            : default;
        return Schema.PipeTransport.DumpResponse.CreateDumpResponse(builder, common, tuple, options.EnableRtx, srtp).Value;
    }

    private static Offset<Schema.Transport.Tuple> PipeTuple(FlatBufferBuilder builder, ushort? remotePort) =>
        Schema.Transport.Tuple.CreateTuple(
            builder,
            builder.CreateString("127.0.0.1"),
            40004,
            remotePort is null ? default : builder.CreateString("127.0.0.1"),
            remotePort ?? 0);

    private static Offset<Dump> Common(FlatBufferBuilder builder, string id)
    {
        StringOffset text = builder.CreateString(id);
        VectorOffset none = Dump.CreateProducerIdsVector(builder, []);
        Offset<RecvRtpHeaderExtensions> extensions = RecvRtpHeaderExtensions.CreateRecvRtpHeaderExtensions(builder, mid: 4);
        Offset<RtpListener> listener = RtpListener.CreateRtpListener(
            builder,
            RtpListener.CreateSsrcTableVector(
                builder, [Schema.Common.Uint32String.CreateUint32String(builder, 77, builder.CreateString("p1"))]),
            RtpListener.CreateMidTableVector(builder, []),
            RtpListener.CreateRidTableVector(builder, []));
        VectorOffset traces = Dump.CreateTraceEventTypesVector(builder, [Schema.Transport.TraceEventType.BWE]);
        return Dump.CreateDump(
            builder,
            idOffset: text,
            producer_idsOffset: none,
            consumer_idsOffset: none,
            map_ssrc_consumer_idOffset: none,
            map_rtx_ssrc_consumer_idOffset: none,
            data_producer_idsOffset: none,
            data_consumer_idsOffset: none,
            recv_rtp_header_extensionsOffset: extensions,
            rtp_listenerOffset: listener,
            trace_event_typesOffset: traces);
    }
}
