using FlatBuffers;
using Millrace.Schema.DataConsumer;
using Millrace.Schema.Request;
using Millrace.Schema.SctpParameters;
using Millrace.Schema.Transport;
using Answers = Millrace.Schema.Response.Body;

namespace Millrace.Controller.Tests;

/// <summary>What a willing worker answers about data producers and data consumers.</summary>
internal static class ScriptedData
{
    public static ScriptedAnswer Accept(ScriptedRequest request) => request.Method switch
    {
        Method.TRANSPORT_PRODUCE_DATA => new(
            Answers.DataProducer_DumpResponse,
            builder => Producer(builder, request.Wire.Body<ProduceDataRequest>()!.Value)),
        Method.TRANSPORT_CONSUME_DATA => new(
            Answers.DataConsumer_DumpResponse,
            builder => Consumer(builder, request.Wire.Body<ConsumeDataRequest>()!.Value)),
        Method.DATACONSUMER_GET_BUFFERED_AMOUNT => new(
            Answers.DataConsumer_GetBufferedAmountResponse,
            builder => GetBufferedAmountResponse.CreateGetBufferedAmountResponse(builder, 11).Value),
        Method.DATACONSUMER_SEND => new(
            Answers.DataConsumer_SendResponse,
            builder => SendResponse.CreateSendResponse(
                builder, (uint)request.Wire.Body<SendRequest>()!.Value.DataLength).Value),
        Method.DATACONSUMER_SET_SUBCHANNELS => new(
            Answers.DataConsumer_SetSubchannelsResponse,
            builder => SetSubchannelsResponse.CreateSetSubchannelsResponse(
                builder,
                SetSubchannelsResponse.CreateSubchannelsVector(
                    builder, request.Wire.Body<SetSubchannelsRequest>()!.Value.GetSubchannelsArray())).Value),
        Method.DATACONSUMER_ADD_SUBCHANNEL => new(
            Answers.DataConsumer_AddSubchannelResponse,
            builder => AddSubchannelResponse.CreateAddSubchannelResponse(
                builder,
                AddSubchannelResponse.CreateSubchannelsVector(
                    builder, [1, request.Wire.Body<AddSubchannelRequest>()!.Value.Subchannel])).Value),
        Method.DATACONSUMER_REMOVE_SUBCHANNEL => new(
            Answers.DataConsumer_RemoveSubchannelResponse,
            builder => RemoveSubchannelResponse.CreateRemoveSubchannelResponse(
                builder, RemoveSubchannelResponse.CreateSubchannelsVector(builder, [])).Value),
        Method.DATAPRODUCER_GET_STATS => new(
            Answers.DataProducer_GetStatsResponse,
            builder => Schema.DataProducer.GetStatsResponse.CreateGetStatsResponse(
                builder, 5, builder.CreateString("l"), builder.CreateString("p"), 2, 30).Value),
        Method.DATACONSUMER_GET_STATS => new(
            Answers.DataConsumer_GetStatsResponse,
            builder => GetStatsResponse.CreateGetStatsResponse(
                builder, 6, builder.CreateString("l"), builder.CreateString("p"), 3, 40, 7).Value),
        _ => new ScriptedAnswer(),
    };

    private static int Producer(FlatBufferBuilder builder, ProduceDataRequest request) =>
        Schema.DataProducer.DumpResponse.CreateDumpResponse(
            builder,
            builder.CreateString(request.DataProducerId),
            request.Type,
            Stream(builder, request.SctpStreamParameters),
            builder.CreateString(request.Label),
            builder.CreateString(request.Protocol),
            request.Paused).Value;

    private static int Consumer(FlatBufferBuilder builder, ConsumeDataRequest request) =>
        DumpResponse.CreateDumpResponse(
            builder,
            builder.CreateString(request.DataConsumerId),
            builder.CreateString(request.DataProducerId),
            request.Type,
            Stream(builder, request.SctpStreamParameters),
            builder.CreateString(request.Label),
            builder.CreateString(request.Protocol),
            0,
            0,
            request.Paused,
            false,
            DumpResponse.CreateSubchannelsVector(builder, request.GetSubchannelsArray() ?? [])).Value;

    private static Offset<Schema.SctpParameters.SctpStreamParameters> Stream(
        FlatBufferBuilder builder, Schema.SctpParameters.SctpStreamParameters? stream) => stream is { } given
        ? Schema.SctpParameters.SctpStreamParameters.CreateSctpStreamParameters(
            builder, given.StreamId, given.Ordered, given.MaxPacketLifeTime, given.MaxRetransmits)
        : default;
}
