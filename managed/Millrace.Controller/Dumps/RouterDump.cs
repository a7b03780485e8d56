namespace Millrace.Controller;

/// <summary>What a router holds.</summary>
public sealed record RouterDump
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its transports.</summary>
    public required IReadOnlyList<string> TransportIds { get; init; }

    /// <summary>Its observers.</summary>
    public required IReadOnlyList<string> RtpObserverIds { get; init; }

    /// <summary>Consumers by producer.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> ConsumersByProducer { get; init; }

    /// <summary>The producer of each consumer.</summary>
    public required IReadOnlyDictionary<string, string> ProducerByConsumer { get; init; }

    /// <summary>Observers by producer.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> ObserversByProducer { get; init; }

    /// <summary>Data consumers by data producer.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> DataConsumersByDataProducer { get; init; }

    /// <summary>The data producer of each data consumer.</summary>
    public required IReadOnlyDictionary<string, string> DataProducerByDataConsumer { get; init; }
}
