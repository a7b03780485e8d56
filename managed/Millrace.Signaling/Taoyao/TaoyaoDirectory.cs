namespace Millrace.Signaling.Taoyao;

/// <summary>All registered clients, in the order of registration. The newest registration of an id wins.</summary>
internal sealed class TaoyaoDirectory
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, TaoyaoClient> _clients = [];

    /// <summary>Everybody who is registered now.</summary>
    public IReadOnlyList<TaoyaoClient> Clients
    {
        get
        {
            lock (_lock)
            {
                return [.. _clients.Values];
            }
        }
    }

    public TaoyaoClient? Find(string clientId)
    {
        lock (_lock)
        {
            return _clients.GetValueOrDefault(clientId);
        }
    }

    /// <summary>Adds a client and hands back the one that it replaces.</summary>
    /// <exception cref="TaoyaoException">Somebody else has this id.</exception>
    public TaoyaoClient? Add(TaoyaoClient client)
    {
        lock (_lock)
        {
            TaoyaoClient? before = _clients.GetValueOrDefault(client.ClientId);
            if (before is not null && before.Principal != client.Principal)
            {
                throw new TaoyaoException(TaoyaoCode.Forbidden);
            }
            _clients.Remove(client.ClientId);
            _clients.Add(client.ClientId, client);
            return before;
        }
    }

    /// <summary>Removes a client, unless a newer registration has its id already.</summary>
    public bool Remove(TaoyaoClient client)
    {
        lock (_lock)
        {
            return _clients.GetValueOrDefault(client.ClientId) == client && _clients.Remove(client.ClientId);
        }
    }

    /// <summary>The clients to whom something about <paramref name="clientId"/> is told: all others with a connection.</summary>
    public IEnumerable<TaoyaoSession> Others(string clientId) =>
        Clients.Where(c => c.ClientId != clientId).Select(c => c.Session).OfType<TaoyaoSession>();
}
