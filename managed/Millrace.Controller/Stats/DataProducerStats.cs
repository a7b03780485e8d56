namespace Millrace.Controller;

/// <summary>What a data producer has counted.</summary>
public sealed record DataProducerStats
{
    /// <summary>When it was counted, in milliseconds of a monotonic clock.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>Its label.</summary>
    public required string Label { get; init; }

    /// <summary>Its subprotocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>Messages received.</summary>
    public ulong MessagesReceived { get; init; }

    /// <summary>Bytes received.</summary>
    public ulong BytesReceived { get; init; }

    /// <summary>Bytes that wait to be passed on.</summary>
    public long BufferedAmount { get; init; }
}
