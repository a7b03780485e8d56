using Millrace.Schema.Request;
using Millrace.Schema.Router;
using Answers = Millrace.Schema.Response.Body;

namespace Millrace.Controller.Wire;

/// <summary>The requests about pipe and direct transports, one member each.</summary>
internal static class PipeRequests
{
    public static Request<PipeTransportDump> CreatePipeTransport(
        string routerId, string id, PipeTransportOptions options) => new(
        Method.ROUTER_CREATE_PIPETRANSPORT,
        routerId,
        ReadPipeDump,
        Body.Router_CreatePipeTransportRequest,
        builder => CreatePipeTransportRequest.CreateCreatePipeTransportRequest(
            builder, builder.CreateString(id), TransportWriter.PipeOptions(builder, options)).Value);

    public static Request<TransportTuple> ConnectPipeTransport(string id, PipeTransportConnectOptions options) => new(
        Method.PIPETRANSPORT_CONNECT,
        id,
        body => TransportReader.Tuple(Frame.Required(
            body.As<Schema.PipeTransport.ConnectResponse>(Answers.PipeTransport_ConnectResponse).Tuple)),
        Body.PipeTransport_ConnectRequest,
        builder => Schema.PipeTransport.ConnectRequest.CreateConnectRequest(
            builder,
            builder.CreateString(options.Ip),
            checked((ushort)options.Port),
            TransportWriter.Srtp(builder, options.SrtpParameters)).Value);

    public static Request<PipeTransportDump> DumpPipeTransport(string id) => new(Method.TRANSPORT_DUMP, id, ReadPipeDump);

    public static Request<PipeTransportStats> GetPipeTransportStats(string id) => new(
        Method.TRANSPORT_GET_STATS,
        id,
        body => StatsReader.PipeTransport(
            body.As<Schema.PipeTransport.GetStatsResponse>(Answers.PipeTransport_GetStatsResponse)));

    public static Request<DirectTransportDump> CreateDirectTransport(
        string routerId, string id, DirectTransportOptions options) => new(
        Method.ROUTER_CREATE_DIRECTTRANSPORT,
        routerId,
        ReadDirectDump,
        Body.Router_CreateDirectTransportRequest,
        builder => CreateDirectTransportRequest.CreateCreateDirectTransportRequest(
            builder, builder.CreateString(id), TransportWriter.DirectOptions(builder, options)).Value);

    public static Request<DirectTransportDump> DumpDirectTransport(string id) =>
        new(Method.TRANSPORT_DUMP, id, ReadDirectDump);

    public static Request<DirectTransportStats> GetDirectTransportStats(string id) => new(
        Method.TRANSPORT_GET_STATS,
        id,
        body => StatsReader.DirectTransport(
            body.As<Schema.DirectTransport.GetStatsResponse>(Answers.DirectTransport_GetStatsResponse)));

    private static PipeTransportDump ReadPipeDump(ResponseBody body) => TransportReader.PipeDump(
        body.As<Schema.PipeTransport.DumpResponse>(Answers.PipeTransport_DumpResponse));

    private static DirectTransportDump ReadDirectDump(ResponseBody body) => TransportReader.DirectDump(
        body.As<Schema.DirectTransport.DumpResponse>(Answers.DirectTransport_DumpResponse));
}
