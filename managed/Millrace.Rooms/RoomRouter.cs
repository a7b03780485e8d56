using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>A room's router on one worker, and who is seated on it: a peer's transports are all on one router.</summary>
internal sealed class RoomRouter(MediaNode node, MediaSeat seat, Router router)
{
    private readonly HashSet<Peer> _peers = [];

    /// <summary>Where it is.</summary>
    public MediaNode Node { get; } = node;

    /// <summary>The worker that carries it, and the worker's sockets.</summary>
    public MediaSeat Seat { get; } = seat;

    /// <summary>The router itself.</summary>
    public Router Router { get; } = router;

    /// <summary>Tells who is loud among the producers that arrive here; null when nobody wants to know.</summary>
    public AudioLevelObserver? Volumes { get; set; }

    /// <summary>Who is seated here.</summary>
    public IReadOnlyCollection<Peer> Peers => _peers;

    /// <summary>What is sent from here to peers.</summary>
    public int Consumers => _peers.Sum(peer => peer.Subscriptions.Count);

    /// <summary>Seats a peer.</summary>
    public void Add(Peer peer) => _peers.Add(peer);

    /// <summary>A peer has left its seat.</summary>
    public void Remove(Peer peer) => _peers.Remove(peer);
}
