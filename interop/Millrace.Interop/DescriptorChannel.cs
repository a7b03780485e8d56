using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Interop;

/// <summary>
/// Two one-way pipes of the system as one duplex pipe: a thread that waits for the worker and hands over
/// what it says, and a write loop that runs on whichever thread flushes. It owns both descriptors and never
/// blocks a caller: a full pipe is waited for on a thread of its own.
/// </summary>
internal sealed class DescriptorChannel : IDuplexPipe
{
    // What a pipe holds on Linux; a larger read never gets more.
    private const int ReadBytes = 65536;

    // Twice the channel's largest frame: received bytes that nobody reads, before the worker has to wait.
    private const long UnreadBytesMax = 2 * 8388608;

    // Flushed bytes that the worker does not take, before a flush has to be waited for.
    private const long UnsentBytesMax = 1 << 20;

    private readonly SafeFileHandle _readEnd;
    private readonly SafeFileHandle _writeEnd;
    private readonly SafeFileHandle _stop;
    private readonly DeliveryTurn _turn = new();
    private readonly Pipe _received;
    private readonly Pipe _sending;
    private readonly TaskCompletionSource _readerDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writerDone;
    private volatile bool _finishing;

    /// <param name="readEnd">Blocking; what the worker writes.</param>
    /// <param name="writeEnd">Not blocking; what the worker reads.</param>
    /// <param name="stop">An event descriptor, not yet signalled.</param>
    /// <param name="name">Names the reader thread.</param>
    public DescriptorChannel(SafeFileHandle readEnd, SafeFileHandle writeEnd, SafeFileHandle stop, string name)
    {
        _readEnd = readEnd;
        _writeEnd = writeEnd;
        _stop = stop;
        _received = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: UnreadBytesMax,
            resumeWriterThreshold: UnreadBytesMax / 2,
            minimumSegmentSize: ReadBytes,
            useSynchronizationContext: false));
        _sending = new Pipe(new PipeOptions(
            readerScheduler: _turn,
            pauseWriterThreshold: UnsentBytesMax,
            resumeWriterThreshold: UnsentBytesMax / 2,
            useSynchronizationContext: false));
        _writerDone = WriteLoopAsync();
        new Thread(ReadLoop) { IsBackground = true, Name = name }.Start();
    }

    /// <inheritdoc />
    public PipeReader Input => _received.Reader;

    /// <inheritdoc />
    public PipeWriter Output => _sending.Writer;

    /// <summary>
    /// Sends what has been flushed, then ends the worker's input. What the worker still says is handed over,
    /// or thrown away where nobody reads it, so that it can end.
    /// </summary>
    public void Finish()
    {
        _finishing = true;
        _sending.Reader.CancelPendingRead();
        _received.Writer.CancelPendingFlush();
    }

    /// <summary>Stops both directions at once, whatever they wait for, and waits until they have stopped.</summary>
    public async Task StopAsync()
    {
        Finish();
        Libc.Write(_stop, BitConverter.GetBytes(1UL), sizeof(ulong));
        await Task.WhenAll(_readerDone.Task, _writerDone).ConfigureAwait(false);
        _stop.Dispose();
    }

    private void ReadLoop()
    {
        PipeWriter writer = _received.Writer;
        bool discarding = false;
        while (WaitFor(_readEnd, Libc.POLLIN))
        {
            Span<byte> space = writer.GetSpan(ReadBytes);
            nint size = Libc.Read(_readEnd, space, space.Length);
            if (size < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR)
            {
                continue;
            }

            if (size <= 0)
            {
                break;
            }

            if (!discarding)
            {
                writer.Advance((int)size);
                discarding = !Deliver(writer);
            }
        }

        writer.Complete();
        _readEnd.Dispose();
        _readerDone.SetResult();
    }

    // False: nobody will read what comes.
    private bool Deliver(PipeWriter writer)
    {
        _turn.Begin();
        ValueTask<FlushResult> flush = writer.FlushAsync();
        _turn.End();
        if (flush.IsCompleted)
        {
            return !flush.GetAwaiter().GetResult().IsCompleted;
        }

        if (_finishing)
        {
            return false;
        }

        // The reader is behind: the worker waits in its pipe, and this thread waits here.
        return !flush.AsTask().GetAwaiter().GetResult().IsCompleted;
    }

    private async Task WriteLoopAsync()
    {
        PipeReader reader = _sending.Reader;
        bool open = true;
        while (open)
        {
            // Cancelled by Finish, a read still brings all that was flushed before.
            ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
            open = await WriteAsync(result.Buffer).ConfigureAwait(false) && !result.IsCompleted && !result.IsCanceled;
            reader.AdvanceTo(result.Buffer.End);
        }

        await reader.CompleteAsync().ConfigureAwait(false);
        _writeEnd.Dispose();
    }

    // False: the worker takes nothing more.
    private async ValueTask<bool> WriteAsync(ReadOnlySequence<byte> buffer)
    {
        foreach (ReadOnlyMemory<byte> segment in buffer)
        {
            ReadOnlyMemory<byte> rest = segment;
            while (!rest.IsEmpty)
            {
                nint size = Libc.Write(_writeEnd, rest.Span, rest.Length);
                if (size >= 0)
                {
                    rest = rest[(int)size..];
                }
                else if (Marshal.GetLastPInvokeError() is int error && error == Libc.EAGAIN)
                {
                    if (!await WaitUntilWritableAsync().ConfigureAwait(false))
                    {
                        return false;
                    }
                }
                else if (error != Libc.EINTR)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private Task<bool> WaitUntilWritableAsync() => Task.Factory.StartNew(
        () => WaitFor(_writeEnd, Libc.POLLOUT),
        CancellationToken.None,
        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
        TaskScheduler.Default);

    // False: the channel is to stop.
    private bool WaitFor(SafeFileHandle descriptor, short what)
    {
        Span<Libc.PollEntry> entries =
        [
            new() { Descriptor = (int)descriptor.DangerousGetHandle(), Events = what },
            new() { Descriptor = (int)_stop.DangerousGetHandle(), Events = Libc.POLLIN },
        ];
        while (Libc.Poll(entries, 2, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.EINTR)
            {
                return false;
            }
        }

        return entries[1].Returned == 0;
    }
}
