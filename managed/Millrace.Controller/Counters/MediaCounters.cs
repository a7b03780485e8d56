namespace Millrace.Controller;

/// <summary>
/// What a worker has done since its start, and what it holds now. An extension of the channel: only a worker of ours
/// answers it. Counts begin at zero with every worker.
/// </summary>
public sealed record MediaCounters
{
    /// <summary>Datagrams that came from the network, of any kind; over TCP, frames.</summary>
    public PacketCount Received { get; init; }

    /// <summary>Datagrams that were handed to the network.</summary>
    public PacketCount Sent { get; init; }

    /// <summary>Packets that were not processed or not sent, by reason, such as <c>srtp-replay</c>. Reasons that never came are absent.</summary>
    public IReadOnlyDictionary<string, ulong> Drops { get; init; } = new Dictionary<string, ulong>();

    /// <summary>RTP and RTCP.</summary>
    public MediaTraffic Media { get; init; } = new();

    /// <summary>Changes of what consumers with layers forward, by cause, such as <c>bandwidth</c>. Causes that never came are absent.</summary>
    public IReadOnlyDictionary<string, ulong> LayerSwitches { get; init; } = new Dictionary<string, ulong>();

    /// <summary>Connections that came to be, failed or were lost.</summary>
    public ConnectionCounts Connections { get; init; } = new();

    /// <summary>Frames of the channel, as the worker saw them.</summary>
    public ChannelFrameCounts Channel { get; init; } = new();

    /// <summary>Batches of the worker's event loop.</summary>
    public BatchSizes Batches { get; init; } = new();

    /// <summary>What it holds now.</summary>
    public ObjectCounts Objects { get; init; } = new();

    /// <summary>The bandwidth estimates of now.</summary>
    public BandwidthEstimates Estimates { get; init; } = new();
}
