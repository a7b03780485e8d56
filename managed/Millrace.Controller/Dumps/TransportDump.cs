namespace Millrace.Controller;

/// <summary>What every transport holds.</summary>
public abstract record TransportDump
{
    private protected TransportDump()
    {
    }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it is a direct transport.</summary>
    public bool Direct { get; init; }

    /// <summary>Its producers.</summary>
    public IReadOnlyList<string> ProducerIds { get; init; } = [];

    /// <summary>Its consumers.</summary>
    public IReadOnlyList<string> ConsumerIds { get; init; } = [];

    /// <summary>Consumers by SSRC.</summary>
    public IReadOnlyDictionary<uint, string> ConsumerBySsrc { get; init; } = new Dictionary<uint, string>();

    /// <summary>Consumers by the SSRC of their retransmissions.</summary>
    public IReadOnlyDictionary<uint, string> ConsumerByRtxSsrc { get; init; } = new Dictionary<uint, string>();

    /// <summary>The ids of the header extensions that its producers send, by name.</summary>
    public IReadOnlyDictionary<string, int> ReceivedHeaderExtensions { get; init; } = new Dictionary<string, int>();

    /// <summary>Producers by SSRC.</summary>
    public IReadOnlyDictionary<uint, string> ProducerBySsrc { get; init; } = new Dictionary<uint, string>();

    /// <summary>Producers by MID.</summary>
    public IReadOnlyDictionary<string, string> ProducerByMid { get; init; } = new Dictionary<string, string>();

    /// <summary>Producers by RID.</summary>
    public IReadOnlyDictionary<string, string> ProducerByRid { get; init; } = new Dictionary<string, string>();

    /// <summary>What is traced.</summary>
    public IReadOnlyList<TraceEventType> TraceEventTypes { get; init; } = [];

    /// <summary>Its data producers.</summary>
    public IReadOnlyList<string> DataProducerIds { get; init; } = [];

    /// <summary>Its data consumers.</summary>
    public IReadOnlyList<string> DataConsumerIds { get; init; } = [];

    /// <summary>The largest message that is sent, in bytes.</summary>
    public int MaxSendMessageSize { get; init; }

    /// <summary>The largest message that is taken in, in bytes.</summary>
    public int MaxReceiveMessageSize { get; init; }

    /// <summary>Its end of the SCTP association; null without SCTP.</summary>
    public SctpParameters? SctpParameters { get; init; }

    /// <summary>How far SCTP has come.</summary>
    public SctpState? SctpState { get; init; }

    /// <summary>What both ends have agreed on, once they have.</summary>
    public SctpCapabilities? SctpCapabilities { get; init; }

    /// <summary>Data producers by SCTP stream id.</summary>
    public IReadOnlyDictionary<int, string> DataProducerByStreamId { get; init; } = new Dictionary<int, string>();
}
