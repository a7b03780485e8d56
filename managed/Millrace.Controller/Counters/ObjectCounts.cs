namespace Millrace.Controller;

/// <summary>What a worker holds at one moment.</summary>
public sealed record ObjectCounts
{
    /// <summary>WebRTC servers.</summary>
    public ulong WebRtcServers { get; init; }

    /// <summary>Routers.</summary>
    public ulong Routers { get; init; }

    /// <summary>Transports of every kind.</summary>
    public ulong Transports { get; init; }

    /// <summary>Producers.</summary>
    public ulong Producers { get; init; }

    /// <summary>Consumers.</summary>
    public ulong Consumers { get; init; }

    /// <summary>Data producers.</summary>
    public ulong DataProducers { get; init; }

    /// <summary>Data consumers.</summary>
    public ulong DataConsumers { get; init; }

    /// <summary>Observers of audio levels and of active speakers.</summary>
    public ulong RtpObservers { get; init; }

    /// <summary>Packets in the worker's pool that are in use: on their way, or kept to be sent again.</summary>
    public ulong PacketsInUse { get; init; }

    /// <summary>How many there may be; beyond it packets are dropped as <c>buffer-limit</c>.</summary>
    public ulong PacketsMax { get; init; }
}
