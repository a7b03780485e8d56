using System.Buffers;
using System.IO.Pipelines;
using Millrace.Controller.Wire;

namespace Millrace.Controller.Channel;

/// <summary>
/// The conversation with one worker: requests out, answers and notifications in. One loop reads, one writes. Answers
/// are decoded on the reading loop, in order with the notifications, so that what an answer makes is registered before
/// the next frame is looked at. Whatever the worker sends, this never throws into the host.
/// </summary>
internal sealed class WorkerChannel : IAsyncDisposable
{
    private readonly IDuplexPipe _pipe;
    private readonly PendingTable _pending;
    private readonly OutboundQueue _outbound;
    private readonly CancellationTokenSource _stopReading = new();
    private Task _writing = Task.CompletedTask;
    private byte[] _frame = new byte[4096];
    private long _requests;
    private long _notifications;
    private long _lateResponses;
    private long _lateNotifications;
    private long _corruptFrames;
    private long _failedHandlers;

    public WorkerChannel(IDuplexPipe pipe, TimeProvider time, TimeSpan requestTimeout)
    {
        _pipe = pipe;
        _pending = new PendingTable(time, requestTimeout);
        _outbound = new OutboundQueue(pipe.Output);
    }

    public EntityTable Entities { get; } = new();

    /// <summary>Called when the worker says that it runs.</summary>
    public Action? Running { get; init; }

    public Action<WorkerLog>? Logged { get; init; }

    public Action<Exception>? HandlerFailed { get; init; }

    public WorkerCounters Counters => new(
        Interlocked.Read(ref _requests),
        Interlocked.Read(ref _notifications),
        Interlocked.Read(ref _lateResponses),
        Interlocked.Read(ref _lateNotifications),
        Interlocked.Read(ref _corruptFrames),
        _pending.TimedOut,
        Interlocked.Read(ref _failedHandlers));

    /// <summary>Reads and writes until the channel ends; the result says in words why it did.</summary>
    public async Task<string> RunAsync()
    {
        _writing = _outbound.RunAsync();
        PipeReader reader = _pipe.Input;
        string ending;
        try
        {
            ending = await ReadAsync(reader).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ending = "the worker ended and left its channel open";
        }
        catch (WorkerProtocolException e)
        {
            Interlocked.Increment(ref _corruptFrames);
            ending = e.Message;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            ending = $"the channel broke: {e.Message}";
        }
        await reader.CompleteAsync().ConfigureAwait(false);
        return ending;
    }

    /// <summary>Asks the worker; <paramref name="onAnswer"/> runs on the reading loop.</summary>
    public async Task<TResult> RequestAsync<T, TResult>(
        Request<T> request, Func<T, TResult> onAnswer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource<TResult> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        PendingRequest pending = new(
            request.Name,
            body => answer.TrySetResult(onAnswer(request.Read(body))),
            exception => answer.TrySetException(exception));
        _pending.Add(pending);
        if (!_outbound.TryWrite(EncodeOrGiveUp(request, pending)) && !_outbound.HasEnded)
        {
            _pending.Take(pending.Id);
            throw new WorkerBusyException("Too many bytes wait for the worker already.");
        }
        Interlocked.Increment(ref _requests);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                if (_pending.Take(pending.Id) is not null)
                {
                    answer.TrySetCanceled(token);
                }
            },
            null);
        return await answer.Task.ConfigureAwait(false);
    }

    /// <summary>Sends a request whose answer interests nobody, if the worker still takes it.</summary>
    public void Forget(Request<Nothing> request)
    {
        PendingRequest pending = new(request.Name, static _ => { }, static _ => { });
        try
        {
            _pending.Add(pending);
        }
        catch (Exception e) when (e is WorkerDiedException or WorkerBusyException)
        {
            return;
        }
        if (!_outbound.TryWrite(EncodeOrGiveUp(request, pending)))
        {
            _pending.Take(pending.Id);
        }
    }

    /// <summary>Tells the worker something that it does not answer; a worker that is ending does not hear it.</summary>
    public void Notify(ArraySegment<byte> notification)
    {
        if (!_outbound.TryWrite(notification) && !_outbound.HasEnded)
        {
            throw new WorkerBusyException("Too many bytes wait for the worker already.");
        }
    }

    /// <summary>Tells the worker to end; nothing is asked after it.</summary>
    public void Stop()
    {
        _pending.Close(new WorkerDied("it was closed", null));
        _outbound.TryWrite(WorkerNotifications.Close());
        _outbound.Complete();
    }

    /// <summary>Ends the reading loop although the channel is still open.</summary>
    public void CancelReading() => _stopReading.Cancel();

    /// <summary>Fails every request and closes every object.</summary>
    public void Fail(WorkerDied died)
    {
        _pending.Close(died);
        _outbound.Abort();
        if (Entities.Find(string.Empty) is { } worker)
        {
            Entities.Close(worker, CloseReason.WorkerDied);
        }
    }

    /// <summary>Calls something of the host's; what it throws is counted and told, and goes no further.</summary>
    public void Guard(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            Interlocked.Increment(ref _failedHandlers);
            HandlerFailed?.Invoke(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _outbound.Abort();
        await _writing.ConfigureAwait(false);
        _pending.Dispose();
        _stopReading.Dispose();
    }

    private ArraySegment<byte> EncodeOrGiveUp<T>(Request<T> request, PendingRequest pending)
    {
        try
        {
            return request.Encode(pending.Id);
        }
        catch
        {
            _pending.Take(pending.Id);
            throw;
        }
    }

    private async Task<string> ReadAsync(PipeReader reader)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync(_stopReading.Token).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (FrameReader.TryRead(ref buffer, out ReadOnlySequence<byte> frame))
            {
                Receive(frame);
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return buffer.IsEmpty ? "its channel ended" : "its channel ended within a frame";
            }
        }
    }

    private void Receive(ReadOnlySequence<byte> bytes)
    {
        int length = (int)bytes.Length;
        if (_frame.Length < length)
        {
            _frame = new byte[length];
        }
        bytes.CopyTo(_frame);
        Inbound message;
        try
        {
            message = Inbound.Read(_frame, length);
        }
        catch (WorkerProtocolException)
        {
            CountCorruptFrame();
            return;
        }
        switch (message.Kind)
        {
            case InboundKind.Response:
                ReceiveResponse(message);
                break;
            case InboundKind.Notification:
                ReceiveNotification(message);
                break;
            case InboundKind.Log:
                Guard(() => Logged?.Invoke(message.Log!));
                break;
        }
    }

    private void ReceiveResponse(Inbound message)
    {
        if (_pending.Take(message.RequestId) is not { } pending)
        {
            Interlocked.Increment(ref _lateResponses);
            return;
        }
        if (!message.Accepted)
        {
            pending.Fail(new WorkerRequestException(message.Error, pending.Method, message.Reason!));
            return;
        }
        try
        {
            pending.Answer(message.Body);
        }
        catch (WorkerProtocolException e)
        {
            pending.Fail(e);
            CountCorruptFrame();
        }
        catch (Exception e)
        {
            // Above all ObjectClosedException: what should own the new thing closed while the worker made it, and the
            // worker closes it likewise. Whatever it is, it belongs to who asked, not to the reading loop.
            pending.Fail(e);
        }
    }

    private void ReceiveNotification(Inbound message)
    {
        Interlocked.Increment(ref _notifications);
        if (message.Event is WorkerEvent.Running)
        {
            Running?.Invoke();
            return;
        }
        if (Entities.Find(message.HandlerId!) is not { Received: { } receive })
        {
            Interlocked.Increment(ref _lateNotifications);
            return;
        }
        Guard(() => receive(message.Event!));
    }

    private void CountCorruptFrame()
    {
        if (Interlocked.Increment(ref _corruptFrames) > WorkerLimits.MaxCorruptFrames)
        {
            throw new WorkerProtocolException("The worker sent too many frames that cannot be read.");
        }
    }
}
