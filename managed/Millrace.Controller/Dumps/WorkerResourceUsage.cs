namespace Millrace.Controller;

/// <summary>What a worker has used so far, in the words of POSIX <c>getrusage</c>; times are milliseconds.</summary>
public sealed record WorkerResourceUsage
{
    /// <summary>User time in milliseconds.</summary>
    public ulong UserTime { get; init; }

    /// <summary>System time in milliseconds.</summary>
    public ulong SystemTime { get; init; }

    /// <summary>The greatest resident set, in KiB.</summary>
    public ulong MaxResidentSet { get; init; }

    /// <summary>Integral shared memory.</summary>
    public ulong SharedMemory { get; init; }

    /// <summary>Integral unshared data.</summary>
    public ulong UnsharedData { get; init; }

    /// <summary>Integral unshared stack.</summary>
    public ulong UnsharedStack { get; init; }

    /// <summary>Page reclaims.</summary>
    public ulong MinorFaults { get; init; }

    /// <summary>Page faults.</summary>
    public ulong MajorFaults { get; init; }

    /// <summary>Swaps.</summary>
    public ulong Swaps { get; init; }

    /// <summary>Blocks read.</summary>
    public ulong BlocksIn { get; init; }

    /// <summary>Blocks written.</summary>
    public ulong BlocksOut { get; init; }

    /// <summary>Messages sent.</summary>
    public ulong MessagesSent { get; init; }

    /// <summary>Messages received.</summary>
    public ulong MessagesReceived { get; init; }

    /// <summary>Signals received.</summary>
    public ulong Signals { get; init; }

    /// <summary>Voluntary context switches.</summary>
    public ulong VoluntaryContextSwitches { get; init; }

    /// <summary>Involuntary context switches.</summary>
    public ulong InvoluntaryContextSwitches { get; init; }
}
