using System.IO.Pipelines;

namespace Millrace.Interop;

/// <summary>
/// Takes what a worker in this process says, on the worker's own thread: copies it into a pipe and returns.
/// It never waits and never lets an exception out; a reader that falls too far behind loses the channel.
/// </summary>
internal sealed class FrameSink
{
    /// <summary>Bytes that nobody has read yet, before the channel counts as dead: eight of the largest frames.</summary>
    public const long UnreadBytesMax = 8 * 8388608;

    // The worker's thread must not run what reads its frames.
    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: UnreadBytesMax,
        resumeWriterThreshold: UnreadBytesMax / 2,
        useSynchronizationContext: false));

    private readonly TaskCompletionSource<WorkerExit> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closed;

    /// <summary>The frames, and after the last one the end.</summary>
    public PipeReader Frames => _pipe.Reader;

    /// <summary>Completes with the worker's last call.</summary>
    public Task<WorkerExit> Ended => _ended.Task;

    /// <summary>Takes one frame.</summary>
    public void Take(ReadOnlySpan<byte> frame)
    {
        if (_closed)
        {
            return;
        }

        frame.CopyTo(_pipe.Writer.GetSpan(frame.Length));
        _pipe.Writer.Advance(frame.Length);
        ValueTask<FlushResult> flush = _pipe.Writer.FlushAsync();
        if (!flush.IsCompleted)
        {
            Close(new IOException("The reader of the worker's channel is too far behind."));
        }
        else if (flush.GetAwaiter().GetResult().IsCompleted)
        {
            _closed = true;
        }
    }

    /// <summary>The worker has ended; nothing follows.</summary>
    public void End()
    {
        Close(null);
        _ended.TrySetResult(new WorkerExit(0, null));
    }

    /// <summary>Ends the frames; a second end changes nothing.</summary>
    public void Close(Exception? reason)
    {
        _closed = true;
        _pipe.Writer.Complete(reason);
    }
}
