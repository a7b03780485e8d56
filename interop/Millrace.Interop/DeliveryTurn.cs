using System.IO.Pipelines;

namespace Millrace.Interop;

/// <summary>
/// Runs the write loop of a channel, and makes one write of many: what is flushed while the reader thread
/// hands over a batch of frames (answers lead to the next requests) goes out when the batch has been dealt
/// with. Flushes of any other thread go out at once, on that thread.
/// </summary>
internal sealed class DeliveryTurn : PipeScheduler
{
    private int _deliveringThread;
    private Action<object?>? _heldBack;
    private object? _heldBackState;

    /// <summary>The calling thread starts to hand over a batch.</summary>
    public void Begin() => Volatile.Write(ref _deliveringThread, Environment.CurrentManagedThreadId);

    /// <summary>The batch is handed over: what was held back runs now.</summary>
    public void End()
    {
        Volatile.Write(ref _deliveringThread, 0);
        Action<object?>? action = _heldBack;
        _heldBack = null;
        action?.Invoke(_heldBackState);
    }

    /// <inheritdoc />
    public override void Schedule(Action<object?> action, object? state)
    {
        // The write loop has one read pending, so there is one continuation at most to hold back.
        if (Volatile.Read(ref _deliveringThread) == Environment.CurrentManagedThreadId && _heldBack is null)
        {
            _heldBack = action;
            _heldBackState = state;
        }
        else
        {
            action(state);
        }
    }
}
