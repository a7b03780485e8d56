using System.IO.Pipelines;

namespace Millrace.Interop;

/// <summary>
/// A running media worker and the two byte streams of its channel. The worker is either a child process
/// (<see cref="WorkerProcess"/>) or a thread of this process (<see cref="NativeWorker"/>); who drives it
/// does not see the difference.
/// </summary>
/// <remarks>
/// Both streams carry frames of the worker channel: a 32-bit little-endian length and a FlatBuffer of that
/// length. <c>Channel.Input</c> ends after the worker's last frame; <c>Channel.Output</c> reports
/// completion from its flush once the worker can take nothing more. As with every pipe, writing is the
/// caller's to serialise. Continuations of a read from <c>Channel.Input</c> may run on the worker's reader
/// thread: what blocks there blocks the channel.
/// Disposing ends the worker, by force in the end, and waits for it.
/// </remarks>
public interface IWorkerHost : IAsyncDisposable
{
    /// <summary>Frames from the worker (input) and to the worker (output).</summary>
    IDuplexPipe Channel { get; }

    /// <summary>The process the worker runs in; this process's own id for a worker in process.</summary>
    int ProcessId { get; }

    /// <summary>Completes when the worker has ended, however it ended. Never faults and is never cancelled.</summary>
    Task<WorkerExit> Exited { get; }
}
