using System.Collections.Concurrent;
using Millrace.Rooms;

namespace Millrace.Signaling.Taoyao;

/// <summary>
/// Consumers that wait for their client: the server's <c>media::consume</c> is answered by that very message, and only then
/// does the media flow. A client that does not answer in time loses the consumer.
/// </summary>
internal sealed class PendingConsumers(TimeProvider time, TimeSpan timeout)
{
    private readonly ConcurrentDictionary<long, Waiting> _waiting = new();

    /// <summary>Waits for the answer to a message.</summary>
    public void Add(long id, Subscription subscription)
    {
        Waiting waiting = new(subscription);
        _waiting[id] = waiting;
        waiting.Timer = time.CreateTimer(_ => Take(id)?.GiveUp(), null, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether something waits for the message with this id.</summary>
    public bool Expects(long id) => _waiting.ContainsKey(id);

    /// <summary>What waits for the message with this id; null when nothing does.</summary>
    public Waiting? Take(long id)
    {
        if (!_waiting.TryRemove(id, out Waiting? waiting))
        {
            return null;
        }
        waiting.Timer?.Dispose();
        return waiting;
    }

    /// <summary>Waits for nothing any more.</summary>
    public void Clear()
    {
        foreach (long id in _waiting.Keys)
        {
            Take(id);
        }
    }

    internal sealed class Waiting(Subscription subscription)
    {
        public ITimer? Timer { get; set; }

        public void Confirm() => Post(peer => peer.ConfirmConsumerAsync(subscription.Consumer.Id));

        // The client may have said in other words that it is ready.
        public void GiveUp() => Post(peer =>
            subscription.Confirmed ? Task.CompletedTask : peer.CloseConsumerAsync(subscription.Consumer.Id));

        private void Post(Func<Peer, Task> turn) =>
            subscription.Receiver.Room.Follow(() => turn(subscription.Receiver));
    }
}
