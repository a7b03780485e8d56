namespace Millrace.Controller;

/// <summary>How one worker is kept alive.</summary>
public sealed record WorkerSlotOptions
{
    /// <summary>How each worker of the slot is started; its clock is the slot's.</summary>
    public WorkerOptions Worker { get; init; } = new();

    /// <summary>How often the worker is asked whether it still answers.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Questions in a row without an answer after which the worker counts as lost.</summary>
    public int MissedHeartbeats { get; init; } = 3;

    /// <summary>
    /// Called with each new worker before it counts as ready, to make what all its users share, such as a
    /// <see cref="WebRtcServer"/>; what it throws is a start that failed.
    /// </summary>
    public Func<Worker, CancellationToken, Task>? Prepare { get; init; }
}
