using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Millrace.Controller.Channel;

/// <summary>
/// Frames on their way to the worker. Many callers put frames in; one loop writes all that have gathered and flushes
/// once, so that load makes writes larger, not more.
/// </summary>
internal sealed class OutboundQueue(PipeWriter writer)
{
    private readonly Channel<ArraySegment<byte>> _frames =
        System.Threading.Channels.Channel.CreateBounded<ArraySegment<byte>>(
            new BoundedChannelOptions(WorkerLimits.MaxQueuedFrames)
            {
                SingleReader = true,
                FullMode = BoundedChannelFullMode.Wait,
            });

    private long _queuedBytes;

    /// <summary>Whether nothing more is taken: the worker is ending, and its death answers whoever waits.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Queues a frame; false if too much waits already, or the queue has ended.</summary>
    public bool TryWrite(ArraySegment<byte> frame)
    {
        if (Interlocked.Add(ref _queuedBytes, frame.Count) <= WorkerLimits.MaxQueuedBytes && _frames.Writer.TryWrite(frame))
        {
            return true;
        }
        Interlocked.Add(ref _queuedBytes, -frame.Count);
        return false;
    }

    /// <summary>Takes nothing more; what is queued is still written.</summary>
    public void Complete()
    {
        HasEnded = true;
        _frames.Writer.TryComplete();
    }

    /// <summary>Gives up what is queued, even if the worker takes nothing.</summary>
    public void Abort()
    {
        Complete();
        writer.CancelPendingFlush();
    }

    /// <summary>Writes until the queue ends or the worker takes nothing more.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await _frames.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                FlushResult flushed = await WriteBatch().ConfigureAwait(false);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The pipe broke under the write: the reading side finds out why and tells.
        }
        Complete();
        await writer.CompleteAsync().ConfigureAwait(false);
    }

    private ValueTask<FlushResult> WriteBatch()
    {
        int gathered = 0;
        while (gathered < WorkerLimits.WriteBatchBytes && _frames.Reader.TryRead(out ArraySegment<byte> frame))
        {
            writer.Write(frame.AsSpan());
            gathered += frame.Count;
        }
        Interlocked.Add(ref _queuedBytes, -gathered);
        return writer.FlushAsync();
    }
}
