using Microsoft.Extensions.Logging;
using Millrace.Controller;
using Millrace.Controller.Rtp;

namespace Millrace.Rooms;

/// <summary>
/// Peers who see and hear each other. Everything happens in turns of the room's queue; events reach each peer in the
/// order in which they happened. The room outlives its worker: on a new one it stands again under the same id. A room that
/// outgrows one worker takes in others; its peers do not notice.
/// </summary>
public sealed partial class Room : IAsyncDisposable
{
    // The quality of one object is told at most this often.
    private static readonly TimeSpan ScoreInterval = TimeSpan.FromSeconds(1);
    // In larger rooms only the owner hears about scores and layers: n peers would otherwise cause n times n messages.
    private const int PeersWhoShareScores = 16;

    private readonly OrderedDictionary<string, Peer> _peers = [];
    private readonly Dictionary<string, Publication> _publications = [];
    private readonly Throttle _scores;
    private readonly RoomQueue _queue;
    private readonly ILogger _logger;
    private readonly RoomRouters _routers;
    private readonly RoomVolumes _volumes = new();

    internal Room(
        string id, string name, PasswordHash? password, string? creatorId, MediaNode node, MediaPool pool, RoomOptions options, ILogger logger)
    {
        Id = id;
        Name = name;
        Password = password;
        CreatorId = creatorId;
        Node = node;
        Options = options;
        _logger = logger;
        _queue = new RoomQueue(
            options.Limits.WaitingTurns, new RoomError.NoSuchRoom(id), exception => Log.TurnFailed(_logger, Id, exception));
        _routers = new RoomRouters(id, node, pool, options, Watch, logger);
        _scores = new Throttle(options.TimeProvider, ScoreInterval, turn => Post(turn));
    }

    /// <summary>The room's id; it cannot be guessed.</summary>
    public string Id { get; }

    /// <summary>The name that people see.</summary>
    public string Name { get; }

    /// <summary>The room's password; null when everybody may enter.</summary>
    public PasswordHash? Password { get; }

    /// <summary>The client that made the room, if a client did.</summary>
    public string? CreatorId { get; }

    /// <summary>Where the room was placed; a large one is elsewhere too.</summary>
    public MediaNode Node { get; }

    /// <summary>Who is in the room, in the order of entering.</summary>
    public IReadOnlyList<Peer> Peers => _peers.Values;

    /// <summary>How many peers are in the room; may be asked outside of turns.</summary>
    public int PeerCount => _peers.Count;

    /// <summary>Whether the room has ended.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>What the room's router can carry.</summary>
    public RtpCapabilities RtpCapabilities => Router.RtpCapabilities;

    /// <summary>Turns that wait for their time.</summary>
    public int WaitingTurns => _queue.Waiting;

    internal RoomOptions Options { get; }

    /// <summary>The oldest of the room's routers; what they can carry is the same.</summary>
    internal Router Router => _routers.All.Count > 0 ? _routers.All[0].Router : throw new RefusedException(new RoomError.MediaUnavailable());

    /// <summary>All routers of the room, the oldest first.</summary>
    internal IReadOnlyList<RoomRouter> Routers => _routers.All;

    /// <summary>Runs <paramref name="turn"/> as a turn of the room and hands on its result.</summary>
    /// <exception cref="RefusedException">The turn refused, or the room takes no more turns.</exception>
    public Task<T> RunAsync<T>(Func<Task<T>> turn) => _queue.RunAsync(turn);

    /// <summary>Runs <paramref name="turn"/> after the turns that already wait. Nobody waits for it.</summary>
    /// <returns>False when the room takes no more turns; the turn then never runs.</returns>
    public bool Post(Func<Task> turn)
    {
        bool queued = _queue.Post(() => UnaskedAsync(turn));
        if (!queued && !IsClosed)
        {
            Log.TurnDropped(_logger, Id);
        }
        return queued;
    }

    /// <summary>The same for a turn without which the room would not be whole: it runs however many wait.</summary>
    /// <returns>False when the room has ended.</returns>
    public bool Follow(Func<Task> turn) => _queue.Follow(() => UnaskedAsync(turn));

    /// <summary>Runs a turn that waits for nothing; see <see cref="Post(Func{Task})"/>.</summary>
    internal bool Post(Action turn) => Post(() =>
    {
        turn();
        return Task.CompletedTask;
    });

    /// <summary>The peer of a client.</summary>
    /// <exception cref="RefusedException">The client is not in the room.</exception>
    public Peer Member(string clientId) =>
        _peers.GetValueOrDefault(clientId) ?? throw new RefusedException(new RoomError.NotMember(clientId));

    /// <summary>The peer of a client, or null.</summary>
    public Peer? Find(string clientId) => _peers.GetValueOrDefault(clientId);

    /// <summary>Lets a client in, or takes its new capabilities when it is in already; everybody is told.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="capabilities">What it can receive; null when it receives nothing.</param>
    /// <param name="subscribe">What it wants without asking.</param>
    /// <param name="deliver">Called for each event, within turns of the room; it must not block.</param>
    /// <param name="cause">Handed on in <see cref="RoomEvent.PeerEntered"/>.</param>
    /// <exception cref="RefusedException">The room is full or has ended.</exception>
    public Peer Enter(
        string clientId, RtpCapabilities? capabilities, SubscribeType subscribe, Action<RoomEvent> deliver, object? cause = null)
    {
        if (IsClosed)
        {
            throw new RefusedException(new RoomError.NoSuchRoom(Id));
        }
        if (!_peers.TryGetValue(clientId, out Peer? peer))
        {
            if (_peers.Count >= Options.Limits.Peers)
            {
                throw new RefusedException(new RoomError.RoomFull(Id));
            }
            peer = new Peer(this, clientId, deliver);
            _peers.Add(clientId, peer);
            RoomMetrics.Peers.Add(1);
        }
        peer.RtpCapabilities = capabilities;
        peer.SubscribeType = subscribe;
        TellAll(new RoomEvent.PeerEntered(peer, cause));
        return peer;
    }

    /// <summary>Lets a client out: the others are told, then its media ends.</summary>
    public async Task LeaveAsync(Peer peer)
    {
        // The client may be here again already, over another connection.
        if (_peers.GetValueOrDefault(peer.ClientId) != peer)
        {
            return;
        }
        _peers.Remove(peer.ClientId);
        RoomMetrics.Peers.Add(-1);
        TellAll(new RoomEvent.PeerLeft(peer));
        await peer.CloseMediaAsync().ConfigureAwait(false);
    }

    /// <summary>Makes the first router; the room then can carry media.</summary>
    internal async Task OpenAsync()
    {
        if (_routers.All.Count == 0)
        {
            await _routers.OpenFirstAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A seat for a peer: the router on which its transports are to be.</summary>
    /// <exception cref="RefusedException">No worker can carry it now.</exception>
    internal async Task<RoomRouter> SeatAsync(Peer peer)
    {
        RoomRouter router = await _routers.ChooseAsync(_publications.Count).ConfigureAwait(false);
        router.Add(peer);
        return router;
    }

    /// <summary>A peer has no transport any more; its seat is free, and the router as well when nobody else sits there.</summary>
    internal void Unseat(Peer peer, RoomRouter router)
    {
        router.Remove(peer);
        if (router.Peers.Count == 0)
        {
            Follow(() => GiveBackAsync(router));
        }
    }

    /// <summary>
    /// The worker of a node is gone: what was on it is forgotten. Peers who sat there begin anew at once if the room has
    /// another router, else when it is rebuilt; the others only lose what those sent.
    /// </summary>
    internal Task ForgetMediaAsync(MediaNode node)
    {
        if (_routers.Lose(node) is not { } lost)
        {
            return Task.CompletedTask;
        }
        _volumes.Forget(lost);
        Peer[] displaced = [.. lost.Peers];
        foreach (Peer peer in displaced)
        {
            peer.ForgetMedia();
        }
        foreach (Publication publication in _publications.Values)
        {
            publication.Forget(lost);
        }
        if (_routers.All.Count > 0)
        {
            Log.PartLost(_logger, Id, node.Number, displaced.Length);
            foreach (Peer peer in displaced)
            {
                peer.Tell(new RoomEvent.RoomRebuilt(this));
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>A new worker serves: a room that has no router stands again, and everybody in it is told to begin anew.</summary>
    internal async Task RebuildAsync(MediaNode node)
    {
        if (IsClosed || node != Node || _routers.All.Count > 0)
        {
            return;
        }
        await OpenAsync().ConfigureAwait(false);
        Log.Rebuilt(_logger, Id, _peers.Count);
        TellAll(new RoomEvent.RoomRebuilt(this));
    }

    /// <summary>Ends the room: all media ends, everybody is told, and no further turn is taken.</summary>
    internal async Task CloseAsync()
    {
        if (IsClosed)
        {
            return;
        }
        IsClosed = true;
        _scores.Clear();
        foreach (Peer peer in _peers.Values)
        {
            await peer.CloseMediaAsync().ConfigureAwait(false);
        }
        TellAll(new RoomEvent.RoomClosed(this));
        RoomMetrics.Peers.Add(-_peers.Count);
        _peers.Clear();
        await _routers.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for the last turn. The registry calls it, outside of turns, when the room has closed.</summary>
    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    internal Publication? Publication(string producerId) => _publications.GetValueOrDefault(producerId);

    internal void Add(Publication publication) => _publications.Add(publication.Producer.Id, publication);

    internal void Remove(Publication publication)
    {
        _publications.Remove(publication.Producer.Id);
        publication.ForgetPipes();
        _scores.Forget(publication.Producer.Id);
    }

    internal void Remove(Subscription subscription)
    {
        _scores.Forget(subscription.Consumer.Id);
        _scores.Forget(LayersOf(subscription.Consumer.Id));
        Publication publication = subscription.Publication;
        if (publication.PipedTo.Contains(subscription.Router))
        {
            Follow(() => publication.TrimAsync(subscription.Router));
        }
    }

    /// <summary>Sends a new publication to everybody who wants it.</summary>
    internal async Task PublishAsync(Publication publication)
    {
        if (Publication(publication.Producer.Id) != publication)
        {
            // Closed again before its turn came.
            return;
        }
        if (publication.Producer.Kind == MediaKind.Audio && publication.Router.Volumes is { } volumes)
        {
            await Media.AskAsync(() => volumes.AddProducerAsync(publication.Producer)).ConfigureAwait(false);
        }
        foreach (Peer peer in _peers.Values.Where(p => p.Receives(publication)).ToArray())
        {
            await SubscribeAsync(peer, publication).ConfigureAwait(false);
        }
    }

    /// <summary>Sends all present publications to a peer that can receive now.</summary>
    internal async Task SubscribeToAllAsync(Peer peer)
    {
        foreach (Publication publication in _publications.Values.Where(peer.Receives).ToArray())
        {
            await SubscribeAsync(peer, publication).ConfigureAwait(false);
        }
    }

    /// <summary>Tells about quality: to all in small rooms, to the owner in large ones, at most once a second an object.</summary>
    internal void TellScore(Peer owner, string objectId, RoomEvent roomEvent) =>
        _scores.Tell(objectId, () => TellScoreNow(owner, roomEvent));

    /// <summary>The same for layers, which do not stand in the way of the consumer's score.</summary>
    internal void TellLayers(Peer owner, string consumerId, RoomEvent roomEvent) =>
        _scores.Tell(LayersOf(consumerId), () => TellScoreNow(owner, roomEvent));

    internal void TellAll(RoomEvent roomEvent)
    {
        foreach (Peer peer in _peers.Values)
        {
            peer.Tell(roomEvent);
        }
    }

    private static string LayersOf(string consumerId) => $"layers:{consumerId}";

    private static async Task UnaskedAsync(Func<Task> turn)
    {
        try
        {
            await turn().ConfigureAwait(false);
        }
        catch (RefusedException)
        {
            // Nobody asked, so nobody is answered: the object was gone by the time of its turn.
        }
    }

    // One peer with capabilities that make no sense must not keep the others from their media.
    private async Task SubscribeAsync(Peer peer, Publication publication)
    {
        try
        {
            await peer.SubscribeAsync(publication).ConfigureAwait(false);
        }
        catch (RefusedException refused)
        {
            Log.NotSubscribed(_logger, Id, peer.ClientId, refused.Error);
        }
    }

    private void TellScoreNow(Peer owner, RoomEvent roomEvent)
    {
        if (_peers.Count <= PeersWhoShareScores)
        {
            TellAll(roomEvent);
        }
        else if (_peers.GetValueOrDefault(owner.ClientId) == owner)
        {
            owner.Tell(roomEvent);
        }
    }

    private void Watch(RoomRouter router, AudioLevelObserver observer)
    {
        observer.Volumes += levels => Post(() => TellVolumes(router, levels));
        observer.Silence += () => Post(() => TellVolumes(router, []));
    }

    private void TellVolumes(RoomRouter router, IReadOnlyList<AudioLevel> levels)
    {
        if (_routers.All.Contains(router) && _volumes.Tell(router, levels) is { } all)
        {
            TellAll(new RoomEvent.VolumesMeasured(this, VolumesOf(all.Take(Options.Volumes!.MaxEntries))));
        }
    }

    private async Task GiveBackAsync(RoomRouter router)
    {
        if (await _routers.GiveBackAsync(router).ConfigureAwait(false))
        {
            _volumes.Forget(router);
            foreach (Publication publication in _publications.Values)
            {
                publication.Forget(router);
            }
        }
    }

    private IReadOnlyList<PeerVolume> VolumesOf(IEnumerable<AudioLevel> levels) =>
    [
        .. levels
            .Select(level => (Publication: Publication(level.ProducerId), level.Volume))
            .Where(heard => heard.Publication is not null)
            .Select(heard => new PeerVolume(heard.Publication!.Owner.ClientId, heard.Volume)),
    ];

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Error, "A turn of room {RoomId} failed.")]
        public static partial void TurnFailed(ILogger logger, string roomId, Exception exception);

        [LoggerMessage(11, LogLevel.Warning, "Room {RoomId} has too many waiting turns; one was dropped.")]
        public static partial void TurnDropped(ILogger logger, string roomId);

        [LoggerMessage(13, LogLevel.Debug, "In room {RoomId} {ClientId} did not get a producer: {Reason}.")]
        public static partial void NotSubscribed(ILogger logger, string roomId, string clientId, RoomError reason);

        [LoggerMessage(17, LogLevel.Warning, "Room {RoomId} lost its router on worker {Number}; {Peers} peers begin anew on another one.")]
        public static partial void PartLost(ILogger logger, string roomId, int number, int peers);

        [LoggerMessage(12, LogLevel.Information, "Room {RoomId} stands again on a new worker, with {Peers} peers.")]
        public static partial void Rebuilt(ILogger logger, string roomId, int peers);
    }
}
