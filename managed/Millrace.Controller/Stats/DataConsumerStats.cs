namespace Millrace.Controller;

/// <summary>What a data consumer has counted.</summary>
public sealed record DataConsumerStats
{
    /// <summary>When it was counted, in milliseconds of a monotonic clock.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>Its label.</summary>
    public required string Label { get; init; }

    /// <summary>Its subprotocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>Messages sent.</summary>
    public ulong MessagesSent { get; init; }

    /// <summary>Bytes sent.</summary>
    public ulong BytesSent { get; init; }

    /// <summary>Bytes that wait to be sent.</summary>
    public long BufferedAmount { get; init; }
}
