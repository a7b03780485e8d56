namespace Millrace.Interop;

/// <summary>How a worker inside this process is started.</summary>
public sealed record NativeWorkerOptions
{
    /// <summary>What the worker is told.</summary>
    public WorkerSettings Settings { get; init; } = new();

    /// <summary>
    /// The worker library. Null looks in the folder that MILLRACE_NATIVE_DIR names, then beside this assembly.
    /// The library is loaded once for the whole process, so every worker must name the same one.
    /// </summary>
    public string? LibraryPath { get; init; }

    /// <summary>The clock that paces sending while the worker's queue is full.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
