using System.Collections.Immutable;

namespace Millrace.Controller.Sctp;

/// <summary>
/// Hands out a transport's SCTP streams to its data consumers. An id that has become free is used again as late as
/// possible, because the peer may still be closing it; ids that the peer sends on are left out, because a WebRTC data
/// channel is one id both ways.
/// </summary>
internal sealed class SctpStreamIds(int first, int step)
{
    private State _state = new([], [], first);

    /// <summary>Takes a free id below the limit.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public int Take(int limit)
    {
        while (true)
        {
            State before = _state;
            int id = FindFree(before, Math.Min(limit, SctpStreamParameters.MaxStreamId + 1));
            State after = before with { Sent = before.Sent.Add(id), Next = id + step };
            if (Interlocked.CompareExchange(ref _state, after, before) == before)
            {
                return id;
            }
        }
    }

    /// <summary>Gives an id back.</summary>
    public void Free(int id) => Change(state => state with { Sent = state.Sent.Remove(id) });

    /// <summary>The peer sends on this id.</summary>
    public void AddReceived(int id) => Change(state => state with { Received = state.Received.Add(id) });

    /// <summary>The peer sends on this id no more.</summary>
    public void RemoveReceived(int id) => Change(state => state with { Received = state.Received.Remove(id) });

    private int FindFree(State state, int limit)
    {
        int id = state.Next < limit ? state.Next : first;
        for (int tried = first; tried < limit; tried += step)
        {
            if (!state.Sent.Contains(id) && !state.Received.Contains(id))
            {
                return id;
            }
            id = id + step < limit ? id + step : first;
        }
        throw new InvalidOperationException($"All SCTP streams of the transport are in use ({limit}).");
    }

    private void Change(Func<State, State> change)
    {
        State before;
        do
        {
            before = _state;
        }
        while (Interlocked.CompareExchange(ref _state, change(before), before) != before);
    }

    private sealed record State(ImmutableHashSet<int> Sent, ImmutableHashSet<int> Received, int Next);
}
