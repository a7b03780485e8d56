namespace Millrace.Controller;

/// <summary>The worker that should have answered is gone; so are all its routers, transports, producers and consumers.</summary>
public sealed class WorkerDiedException(WorkerDied died) : Exception($"The worker is gone: {died.Reason}")
{
    /// <summary>What is known about its end.</summary>
    public WorkerDied Died { get; } = died;
}
