using Millrace.Schema.DataConsumer;
using Millrace.Schema.Request;
using Millrace.Schema.Transport;
using Answers = Millrace.Schema.Response.Body;

namespace Millrace.Controller.Wire;

/// <summary>The requests about data producers and data consumers, one member each.</summary>
internal static class DataRequests
{
    public static Request<DataProducerDump> Produce(
        string transportId, string id, DataType type, SctpStreamParameters? stream, DataProducerOptions options) => new(
        Method.TRANSPORT_PRODUCE_DATA,
        transportId,
        ReadProducer,
        Body.Transport_ProduceDataRequest,
        builder => ProduceDataRequest.CreateProduceDataRequest(
            builder,
            builder.CreateString(id),
            (Schema.DataProducer.Type)(byte)type,
            SctpWriter.Stream(builder, stream),
            builder.CreateString(options.Label),
            builder.CreateString(options.Protocol),
            options.Paused).Value);

    public static Request<Nothing> CloseProducer(string transportId, string id) => WorkerRequests.Plain(
        Method.TRANSPORT_CLOSE_DATAPRODUCER,
        transportId,
        Body.Transport_CloseDataProducerRequest,
        builder => CloseDataProducerRequest.CreateCloseDataProducerRequest(builder, builder.CreateString(id)).Value);

    public static Request<DataProducerDump> DumpProducer(string id) => new(Method.DATAPRODUCER_DUMP, id, ReadProducer);

    public static Request<DataProducerStats> GetProducerStats(string id) => new(
        Method.DATAPRODUCER_GET_STATS,
        id,
        body => DataReader.ProducerStats(
            body.As<Schema.DataProducer.GetStatsResponse>(Answers.DataProducer_GetStatsResponse)));

    public static Request<Nothing> PauseProducer(string id) => WorkerRequests.Plain(Method.DATAPRODUCER_PAUSE, id);

    public static Request<Nothing> ResumeProducer(string id) => WorkerRequests.Plain(Method.DATAPRODUCER_RESUME, id);

    public static Request<DataConsumerDump> Consume(
        string transportId, string id, DataType type, SctpStreamParameters? stream, DataConsumerOptions options) => new(
        Method.TRANSPORT_CONSUME_DATA,
        transportId,
        ReadConsumer,
        Body.Transport_ConsumeDataRequest,
        builder => ConsumeDataRequest.CreateConsumeDataRequest(
            builder,
            builder.CreateString(id),
            builder.CreateString(options.DataProducer.Id),
            (Schema.DataConsumer.Type)(byte)type,
            SctpWriter.Stream(builder, stream),
            builder.CreateString(options.DataProducer.Label),
            builder.CreateString(options.DataProducer.Protocol),
            options.Paused,
            ConsumeDataRequest.CreateSubchannelsVector(builder, SctpWriter.Subchannels(options.Subchannels))).Value);

    public static Request<Nothing> CloseConsumer(string transportId, string id) => WorkerRequests.Plain(
        Method.TRANSPORT_CLOSE_DATACONSUMER,
        transportId,
        Body.Transport_CloseDataConsumerRequest,
        builder => CloseDataConsumerRequest.CreateCloseDataConsumerRequest(builder, builder.CreateString(id)).Value);

    public static Request<DataConsumerDump> DumpConsumer(string id) => new(Method.DATACONSUMER_DUMP, id, ReadConsumer);

    public static Request<DataConsumerStats> GetConsumerStats(string id) => new(
        Method.DATACONSUMER_GET_STATS,
        id,
        body => DataReader.ConsumerStats(body.As<GetStatsResponse>(Answers.DataConsumer_GetStatsResponse)));

    public static Request<Nothing> PauseConsumer(string id) => WorkerRequests.Plain(Method.DATACONSUMER_PAUSE, id);

    public static Request<Nothing> ResumeConsumer(string id) => WorkerRequests.Plain(Method.DATACONSUMER_RESUME, id);

    public static Request<long> GetBufferedAmount(string id) => new(
        Method.DATACONSUMER_GET_BUFFERED_AMOUNT,
        id,
        body => body.As<GetBufferedAmountResponse>(Answers.DataConsumer_GetBufferedAmountResponse).BufferedAmount);

    public static Request<Nothing> SetBufferedAmountLowThreshold(string id, long threshold) => WorkerRequests.Plain(
        Method.DATACONSUMER_SET_BUFFERED_AMOUNT_LOW_THRESHOLD,
        id,
        Body.DataConsumer_SetBufferedAmountLowThresholdRequest,
        builder => SetBufferedAmountLowThresholdRequest.CreateSetBufferedAmountLowThresholdRequest(
            builder, checked((uint)threshold)).Value);

    public static Request<long> Send(string id, DataMessage message)
    {
        // The caller may use its bytes again as soon as the call returns.
        byte[] data = message.Payload.ToArray();
        return new(
            Method.DATACONSUMER_SEND,
            id,
            body => body.As<SendResponse>(Answers.DataConsumer_SendResponse).BufferedAmount,
            Body.DataConsumer_SendRequest,
            builder => SendRequest.CreateSendRequest(
                builder, message.Ppid, SendRequest.CreateDataVectorBlock(builder, data)).Value);
    }

    public static Request<IReadOnlyList<int>> SetSubchannels(string id, IReadOnlyList<int> subchannels) => new(
        Method.DATACONSUMER_SET_SUBCHANNELS,
        id,
        body =>
        {
            SetSubchannelsResponse answer = body.As<SetSubchannelsResponse>(Answers.DataConsumer_SetSubchannelsResponse);
            return SctpReader.Subchannels(answer.SubchannelsLength, answer.Subchannels);
        },
        Body.DataConsumer_SetSubchannelsRequest,
        builder => SetSubchannelsRequest.CreateSetSubchannelsRequest(
            builder,
            SetSubchannelsRequest.CreateSubchannelsVector(builder, SctpWriter.Subchannels(subchannels))).Value);

    public static Request<IReadOnlyList<int>> AddSubchannel(string id, int subchannel) => new(
        Method.DATACONSUMER_ADD_SUBCHANNEL,
        id,
        body =>
        {
            AddSubchannelResponse answer = body.As<AddSubchannelResponse>(Answers.DataConsumer_AddSubchannelResponse);
            return SctpReader.Subchannels(answer.SubchannelsLength, answer.Subchannels);
        },
        Body.DataConsumer_AddSubchannelRequest,
        builder => AddSubchannelRequest.CreateAddSubchannelRequest(builder, checked((ushort)subchannel)).Value);

    public static Request<IReadOnlyList<int>> RemoveSubchannel(string id, int subchannel) => new(
        Method.DATACONSUMER_REMOVE_SUBCHANNEL,
        id,
        body =>
        {
            RemoveSubchannelResponse answer =
                body.As<RemoveSubchannelResponse>(Answers.DataConsumer_RemoveSubchannelResponse);
            return SctpReader.Subchannels(answer.SubchannelsLength, answer.Subchannels);
        },
        Body.DataConsumer_RemoveSubchannelRequest,
        builder => RemoveSubchannelRequest.CreateRemoveSubchannelRequest(builder, checked((ushort)subchannel)).Value);

    private static DataProducerDump ReadProducer(ResponseBody body) =>
        DataReader.Producer(body.As<Schema.DataProducer.DumpResponse>(Answers.DataProducer_DumpResponse));

    private static DataConsumerDump ReadConsumer(ResponseBody body) =>
        DataReader.Consumer(body.As<DumpResponse>(Answers.DataConsumer_DumpResponse));
}
