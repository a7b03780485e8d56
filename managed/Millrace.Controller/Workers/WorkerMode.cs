namespace Millrace.Controller;

/// <summary>Where a worker runs.</summary>
public enum WorkerMode
{
    /// <summary>In a child process: a crash costs this worker only. The default.</summary>
    Process,

    /// <summary>
    /// On a thread of this process: the lowest latency, nothing to install beside the library; an assertion that
    /// fails in the worker ends the whole process.
    /// </summary>
    InProcess,
}
