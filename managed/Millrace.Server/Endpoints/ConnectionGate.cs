using System.Collections.Concurrent;
using System.Net;

namespace Millrace.Server.Endpoints;

/// <summary>Counts signaling connections, in all and by address, and refuses those beyond the limits.</summary>
internal sealed class ConnectionGate(int limit = 20_000, int limitPerAddress = 200)
{
    private readonly ConcurrentDictionary<IPAddress, int> _byAddress = new();
    private int _all;

    /// <summary>Takes a place; false when there is none.</summary>
    public bool TryEnter(IPAddress address)
    {
        if (Interlocked.Increment(ref _all) > limit)
        {
            Interlocked.Decrement(ref _all);
            return false;
        }
        if (_byAddress.AddOrUpdate(address, 1, (_, count) => count + 1) > limitPerAddress)
        {
            Leave(address);
            return false;
        }
        return true;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave(IPAddress address)
    {
        Interlocked.Decrement(ref _all);
        if (_byAddress.AddOrUpdate(address, 0, (_, count) => count - 1) == 0)
        {
            _byAddress.TryRemove(KeyValuePair.Create(address, 0));
        }
    }
}
