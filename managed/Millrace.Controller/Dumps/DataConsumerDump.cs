namespace Millrace.Controller;

/// <summary>What a data consumer holds.</summary>
public sealed record DataConsumerDump
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The data producer it consumes.</summary>
    public required string DataProducerId { get; init; }

    /// <summary>The way its messages take.</summary>
    public required DataType Type { get; init; }

    /// <summary>Its stream; null on a direct transport.</summary>
    public SctpStreamParameters? SctpStreamParameters { get; init; }

    /// <summary>Its label.</summary>
    public required string Label { get; init; }

    /// <summary>Its subprotocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>Bytes that wait to be sent.</summary>
    public long BufferedAmount { get; init; }

    /// <summary>Bytes below which <see cref="DataConsumer.BufferedAmountLow"/> is raised.</summary>
    public long BufferedAmountLowThreshold { get; init; }

    /// <summary>Whether it is paused itself.</summary>
    public required bool Paused { get; init; }

    /// <summary>Whether its data producer is paused.</summary>
    public required bool DataProducerPaused { get; init; }

    /// <summary>The subchannels it has subscribed to.</summary>
    public required IReadOnlyList<int> Subchannels { get; init; }
}
