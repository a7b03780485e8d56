namespace Millrace.Controller;

/// <summary>What a data producer holds.</summary>
public sealed record DataProducerDump
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The way its messages take.</summary>
    public required DataType Type { get; init; }

    /// <summary>Its stream; null on a direct transport.</summary>
    public SctpStreamParameters? SctpStreamParameters { get; init; }

    /// <summary>Its label.</summary>
    public required string Label { get; init; }

    /// <summary>Its subprotocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>Whether it is paused.</summary>
    public required bool Paused { get; init; }
}
