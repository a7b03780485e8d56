namespace Millrace.Controller;

/// <summary>What every transport holds.</summary>
public abstract record TransportDump
{
    private protected TransportDump()
    {
    }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its producers.</summary>
    public required IReadOnlyList<string> ProducerIds { get; init; }

    /// <summary>Its consumers.</summary>
    public required IReadOnlyList<string> ConsumerIds { get; init; }

    /// <summary>Consumers by SSRC.</summary>
    public required IReadOnlyDictionary<uint, string> ConsumerBySsrc { get; init; }

    /// <summary>Consumers by the SSRC of their retransmissions.</summary>
    public required IReadOnlyDictionary<uint, string> ConsumerByRtxSsrc { get; init; }

    /// <summary>The ids of the header extensions that its producers send, by name.</summary>
    public required IReadOnlyDictionary<string, int> ReceivedHeaderExtensions { get; init; }

    /// <summary>Producers by SSRC.</summary>
    public required IReadOnlyDictionary<uint, string> ProducerBySsrc { get; init; }

    /// <summary>Producers by MID.</summary>
    public required IReadOnlyDictionary<string, string> ProducerByMid { get; init; }

    /// <summary>Producers by RID.</summary>
    public required IReadOnlyDictionary<string, string> ProducerByRid { get; init; }

    /// <summary>What is traced.</summary>
    public required IReadOnlyList<TraceEventType> TraceEventTypes { get; init; }
}
