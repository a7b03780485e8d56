namespace Millrace.Controller.Wire;

/// <summary>Data producers and data consumers from the wire as our records.</summary>
internal static class DataReader
{
    public static DataProducerDump Producer(Schema.DataProducer.DumpResponse wire) => new()
    {
        Id = Frame.Required(wire.Id),
        Type = Frame.Known<DataType>((byte)wire.Type),
        SctpStreamParameters = SctpReader.Stream(wire.SctpStreamParameters),
        Label = Frame.Required(wire.Label),
        Protocol = Frame.Required(wire.Protocol),
        Paused = wire.Paused,
    };

    public static DataConsumerDump Consumer(Schema.DataConsumer.DumpResponse wire) => new()
    {
        Id = Frame.Required(wire.Id),
        DataProducerId = Frame.Required(wire.DataProducerId),
        Type = Frame.Known<DataType>((byte)wire.Type),
        SctpStreamParameters = SctpReader.Stream(wire.SctpStreamParameters),
        Label = Frame.Required(wire.Label),
        Protocol = Frame.Required(wire.Protocol),
        BufferedAmount = wire.BufferedAmount,
        BufferedAmountLowThreshold = wire.BufferedAmountLowThreshold,
        Paused = wire.Paused,
        DataProducerPaused = wire.DataProducerPaused,
        Subchannels = SctpReader.Subchannels(wire.SubchannelsLength, wire.Subchannels),
    };

    public static DataProducerStats ProducerStats(Schema.DataProducer.GetStatsResponse wire) => new()
    {
        Timestamp = wire.Timestamp,
        Label = Frame.Required(wire.Label),
        Protocol = Frame.Required(wire.Protocol),
        MessagesReceived = wire.MessagesReceived,
        BytesReceived = wire.BytesReceived,
        BufferedAmount = wire.BufferedAmount,
    };

    public static DataConsumerStats ConsumerStats(Schema.DataConsumer.GetStatsResponse wire) => new()
    {
        Timestamp = wire.Timestamp,
        Label = Frame.Required(wire.Label),
        Protocol = Frame.Required(wire.Protocol),
        MessagesSent = wire.MessagesSent,
        BytesSent = wire.BytesSent,
        BufferedAmount = wire.BufferedAmount,
    };
}
