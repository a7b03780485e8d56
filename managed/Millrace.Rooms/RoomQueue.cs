using System.Threading.Channels;

namespace Millrace.Rooms;

/// <summary>
/// Runs turns one after the other. Whatever touches a room runs as a turn, so a room needs no lock; a turn may await the
/// worker, and the next one starts only when it has ended.
/// </summary>
/// <remarks>
/// Requests and news are refused when too many turns wait. What must happen for the room to stay whole (a leave, a close, the
/// second half of a request that was accepted) is never refused for want of room; there is never more of it than there are
/// clients and accepted requests.
/// </remarks>
public sealed class RoomQueue : IAsyncDisposable
{
    private readonly Channel<Turn> _turns =
        Channel.CreateUnbounded<Turn>(new UnboundedChannelOptions { SingleReader = true });

    private readonly int _limit;
    private readonly RoomError _ended;
    private readonly Action<Exception> _failed;
    private readonly Task _loop;
    private int _waiting;

    /// <summary>Starts an empty queue.</summary>
    /// <param name="limit">How many turns may wait.</param>
    /// <param name="ended">Why a turn is refused after the end.</param>
    /// <param name="failed">Told of exceptions that no caller awaits.</param>
    public RoomQueue(int limit, RoomError ended, Action<Exception> failed)
    {
        _limit = limit;
        _ended = ended;
        _failed = failed;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Turns that have not begun.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Runs <paramref name="turn"/> when all earlier ones have ended, and hands on its result or exception.</summary>
    /// <exception cref="RefusedException">Too many turns wait already, or the queue has ended.</exception>
    public Task<T> RunAsync<T>(Func<Task<T>> turn)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Turn asked = new(
            async () => done.SetResult(await turn().ConfigureAwait(false)),
            exception => done.SetException(exception));
        if (IsFull)
        {
            throw new RefusedException(new RoomError.TooMany(nameof(RoomLimits.WaitingTurns)));
        }
        return Enqueue(asked) ? done.Task : throw new RefusedException(_ended);
    }

    /// <summary>Runs <paramref name="turn"/> when all earlier ones have ended; nobody waits for it.</summary>
    /// <returns>False when the queue is full or has ended; the turn then never runs.</returns>
    public bool Post(Func<Task> turn) => !IsFull && Enqueue(new Turn(turn, _failed));

    /// <summary>The same for a turn that must run, however many wait.</summary>
    /// <returns>False when the queue has ended.</returns>
    public bool Follow(Func<Task> turn) => Enqueue(new Turn(turn, _failed));

    /// <summary>Lets the turns that already wait end, and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        _turns.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private bool IsFull => Waiting >= _limit;

    private bool Enqueue(Turn turn)
    {
        Interlocked.Increment(ref _waiting);
        if (_turns.Writer.TryWrite(turn))
        {
            return true;
        }
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    private async Task RunAsync()
    {
        await foreach (Turn turn in _turns.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Interlocked.Decrement(ref _waiting);
            try
            {
                await turn.Run().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // A turn that fails is its caller's business; the room goes on.
                turn.Failed(exception);
            }
        }
    }

    private readonly record struct Turn(Func<Task> Run, Action<Exception> Failed);
}
