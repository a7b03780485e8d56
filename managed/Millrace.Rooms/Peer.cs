using Millrace.Controller;
using Millrace.Controller.Rtp;

namespace Millrace.Rooms;

/// <summary>
/// One client in one room: what it sends, what it receives, and over which transports. All methods run within a turn
/// of the room; an id in an argument is a claim, and only what the peer owns is found by it.
/// </summary>
public sealed class Peer
{
    private readonly Dictionary<string, WebRtcTransport> _transports = [];
    private readonly Dictionary<string, Publication> _publications = [];
    private readonly Dictionary<string, Subscription> _subscriptions = [];
    private readonly Action<RoomEvent> _deliver;
    private RoomRouter? _router;
    private string? _sendTransportId;
    private string? _receiveTransportId;

    internal Peer(Room room, string clientId, Action<RoomEvent> deliver)
    {
        Room = room;
        ClientId = clientId;
        _deliver = deliver;
    }

    /// <summary>The room.</summary>
    public Room Room { get; }

    /// <summary>The client's id, unique in the room.</summary>
    public string ClientId { get; }

    /// <summary>What the client can receive; without it nothing can be consumed.</summary>
    public RtpCapabilities? RtpCapabilities { get; internal set; }

    /// <summary>What the client receives without asking.</summary>
    public SubscribeType SubscribeType { get; internal set; }

    /// <summary>What the client sends.</summary>
    public IReadOnlyCollection<Publication> Publications => _publications.Values;

    /// <summary>What the client receives.</summary>
    public IReadOnlyCollection<Subscription> Subscriptions => _subscriptions.Values;

    /// <summary>
    /// Makes a transport. One that the client receives on gets the room's present media right after this turn, so the
    /// answer to the client goes out first.
    /// </summary>
    public async Task<WebRtcTransport> CreateTransportAsync(bool producing, bool consuming, bool forceTcp)
    {
        if (_transports.Count >= Room.Options.Limits.Transports)
        {
            throw new RefusedException(new RoomError.TooMany(nameof(RoomLimits.Transports)));
        }
        _router ??= await Room.SeatAsync(this).ConfigureAwait(false);
        WebRtcTransport transport = await OpenTransportAsync(_router, limited: producing, forceTcp).ConfigureAwait(false);

        Watch(transport);
        string? replacedSend = producing ? Exchange(ref _sendTransportId, transport.Id) : null;
        string? replacedReceive = consuming ? Exchange(ref _receiveTransportId, transport.Id) : null;
        _transports.Add(transport.Id, transport);
        await CloseReplacedAsync(replacedSend).ConfigureAwait(false);
        await CloseReplacedAsync(replacedReceive).ConfigureAwait(false);
        if (consuming)
        {
            Room.Follow(() => Room.SubscribeToAllAsync(this));
        }
        return transport;
    }

    /// <summary>Gives a transport the client's DTLS parameters.</summary>
    public Task ConnectTransportAsync(string transportId, DtlsParameters parameters) =>
        Media.AskAsync(() => Transport(transportId).ConnectAsync(parameters));

    /// <summary>Changes a transport's ICE credentials.</summary>
    public Task<IceParameters> RestartIceAsync(string transportId) =>
        Media.AskAsync(() => Transport(transportId).RestartIceAsync());

    /// <summary>Takes a stream from the client. The others get it right after this turn.</summary>
    public async Task<Publication> ProduceAsync(
        string transportId, MediaKind kind, RtpParameters parameters, object? appData, bool paused = false)
    {
        WebRtcTransport transport = Transport(transportId);
        if (_publications.Count >= Room.Options.Limits.Producers)
        {
            throw new RefusedException(new RoomError.TooMany(nameof(RoomLimits.Producers)));
        }

        Producer producer = await Media.AskAsync(() => transport.ProduceAsync(new ProducerOptions
        {
            Kind = kind,
            RtpParameters = parameters,
            Paused = paused,
            Created = Watch,
        })).ConfigureAwait(false);
        Publication publication = new(producer, this, _router!, transportId, appData);
        _publications.Add(producer.Id, publication);
        Room.Add(publication);
        Room.Follow(() => Room.PublishAsync(publication));
        return publication;
    }

    /// <summary>Receives a producer of the room, if there is not a consumer for it already.</summary>
    public async Task ConsumeAsync(string producerId)
    {
        Publication publication = Room.Publication(producerId)
            ?? throw new RefusedException(new RoomError.NoSuchProducer(producerId));
        if (_receiveTransportId is null)
        {
            throw new RefusedException(new RoomError.NoReceiveTransport());
        }
        await SubscribeAsync(publication).ConfigureAwait(false);
    }

    /// <summary>The client is ready for a consumer's media: let it flow.</summary>
    public async Task ConfirmConsumerAsync(string consumerId)
    {
        Subscription subscription = Subscription(consumerId);
        if (subscription.Confirmed)
        {
            return;
        }
        subscription.Confirmed = true;
        if (subscription.PausedByReceiver)
        {
            // It was asked to stop before it began.
            return;
        }
        await ResumeAsync(subscription).ConfigureAwait(false);
    }

    /// <summary>Stops a producer for everybody; the viewers are told.</summary>
    public async Task PauseProducerAsync(string producerId)
    {
        Publication publication = OwnPublication(producerId);
        if (publication.Producer.IsPaused)
        {
            return;
        }
        await Media.AskAsync(() => publication.Producer.PauseAsync()).ConfigureAwait(false);
        Tell(new RoomEvent.ProducerPaused(Room, producerId));
        foreach (Subscription subscription in publication.Subscriptions.Where(s => !s.PausedByReceiver))
        {
            subscription.Receiver.Tell(new RoomEvent.ConsumerPaused(Room, subscription.Consumer.Id));
        }
    }

    /// <summary>Lets a producer flow again; the viewers are told.</summary>
    public async Task ResumeProducerAsync(string producerId)
    {
        Publication publication = OwnPublication(producerId);
        if (!publication.Producer.IsPaused)
        {
            return;
        }
        await Media.AskAsync(() => publication.Producer.ResumeAsync()).ConfigureAwait(false);
        Tell(new RoomEvent.ProducerResumed(Room, producerId));
        foreach (Subscription subscription in publication.Subscriptions.Where(s => !s.PausedByReceiver))
        {
            subscription.Receiver.Tell(new RoomEvent.ConsumerResumed(Room, subscription.Consumer.Id));
        }
    }

    /// <summary>Ends a producer; its consumers end first.</summary>
    public async Task CloseProducerAsync(string producerId)
    {
        Publication publication = OwnPublication(producerId);
        Unpublish(publication);
        await Media.CloseAsync(publication.Producer.CloseAsync()).ConfigureAwait(false);
    }

    /// <summary>Stops a consumer on the client's own wish.</summary>
    public async Task PauseConsumerAsync(string consumerId)
    {
        Subscription subscription = Subscription(consumerId);
        if (subscription.PausedByReceiver)
        {
            return;
        }
        subscription.PausedByReceiver = true;
        await Media.AskAsync(() => subscription.Consumer.PauseAsync()).ConfigureAwait(false);
        Tell(new RoomEvent.ConsumerPaused(Room, consumerId));
    }

    /// <summary>Lets a consumer flow again.</summary>
    public async Task ResumeConsumerAsync(string consumerId)
    {
        Subscription subscription = Subscription(consumerId);
        if (!subscription.PausedByReceiver && subscription.Confirmed)
        {
            return;
        }
        subscription.PausedByReceiver = false;
        subscription.Confirmed = true;
        await ResumeAsync(subscription).ConfigureAwait(false);
    }

    /// <summary>Ends a consumer.</summary>
    public async Task CloseConsumerAsync(string consumerId)
    {
        Subscription subscription = Subscription(consumerId);
        Unsubscribe(subscription);
        await Media.CloseAsync(subscription.Consumer.CloseAsync()).ConfigureAwait(false);
    }

    /// <summary>Asks the source of a consumer for a key frame.</summary>
    public Task RequestKeyFrameAsync(string consumerId) =>
        Media.AskAsync(() => Subscription(consumerId).Consumer.RequestKeyFrameAsync());

    /// <summary>Ends a transport and everything on it: consumers first, then producers, then the transport itself.</summary>
    public async Task CloseTransportAsync(string transportId)
    {
        WebRtcTransport transport = Transport(transportId);
        DropMediaOf(transportId);
        _transports.Remove(transportId);
        Tell(new RoomEvent.TransportClosed(Room, transportId));
        await Media.CloseAsync(transport.CloseAsync()).ConfigureAwait(false);
        LeaveSeatIfIdle();
    }

    /// <summary>Ends all media of the peer, in the order in which the client is told: consumers, producers, transports.</summary>
    internal async Task CloseMediaAsync()
    {
        foreach (Subscription subscription in _subscriptions.Values.ToArray())
        {
            Unsubscribe(subscription);
        }
        foreach (Publication publication in _publications.Values.ToArray())
        {
            Unpublish(publication);
        }
        WebRtcTransport[] transports = [.. _transports.Values];
        _transports.Clear();
        _sendTransportId = _receiveTransportId = null;
        foreach (WebRtcTransport transport in transports)
        {
            Tell(new RoomEvent.TransportClosed(Room, transport.Id));
            await Media.CloseAsync(transport.CloseAsync()).ConfigureAwait(false);
        }
        LeaveSeatIfIdle();
    }

    /// <summary>
    /// Forgets all media without a word to the peer: the worker that carried it is gone. Viewers on other workers are told that
    /// what they saw has ended.
    /// </summary>
    internal void ForgetMedia()
    {
        foreach (Publication publication in _publications.Values)
        {
            Room.Remove(publication);
            foreach (Subscription subscription in publication.Subscriptions.Where(s => s.Router != _router).ToArray())
            {
                subscription.Receiver.Unsubscribe(subscription);
            }
        }
        foreach (Subscription subscription in _subscriptions.Values)
        {
            Room.Remove(subscription);
            subscription.Publication.Subscriptions.Remove(subscription);
        }
        _transports.Clear();
        _publications.Clear();
        _subscriptions.Clear();
        _sendTransportId = _receiveTransportId = null;
        _router = null;
    }

    internal void Tell(RoomEvent roomEvent) => _deliver(roomEvent);

    internal bool Receives(Publication publication) =>
        publication.Owner != this && _receiveTransportId is not null && SubscribeType.Wants(publication.Producer.Kind);

    /// <summary>Makes a consumer, unless there is one, the client cannot decode it, or it has too many.</summary>
    internal async Task SubscribeAsync(Publication publication)
    {
        if (publication.Subscriptions.Any(s => s.Receiver == this)
            || RtpCapabilities is not { } capabilities
            || !Media.CanConsume(publication.Router.Router, publication.Producer, capabilities)
            || _subscriptions.Count >= Room.Options.Limits.Consumers
            || _receiveTransportId is null)
        {
            return;
        }
        WebRtcTransport transport = _transports[_receiveTransportId];
        RoomRouter router = _router!;
        Consumer consumer = await ConsumeAsync(publication, router, transport, capabilities).ConfigureAwait(false);
        Subscription subscription = new(consumer, publication, this, router, transport.Id);
        _subscriptions.Add(consumer.Id, subscription);
        publication.Subscriptions.Add(subscription);
        Tell(new RoomEvent.ConsumerCreated(Room, subscription));
    }

    private static string? Exchange(ref string? place, string value)
    {
        string? before = place;
        place = value;
        return before;
    }

    private async Task CloseReplacedAsync(string? transportId)
    {
        bool stillUsed = transportId == _sendTransportId || transportId == _receiveTransportId;
        if (transportId is not null && !stillUsed && _transports.ContainsKey(transportId))
        {
            await CloseTransportAsync(transportId).ConfigureAwait(false);
        }
    }

    // That a consumer is resumed is always told; a viewer who takes it for sound or picture learns at once that none comes.
    private async Task ResumeAsync(Subscription subscription)
    {
        await Media.AskAsync(() => subscription.Consumer.ResumeAsync()).ConfigureAwait(false);
        Tell(new RoomEvent.ConsumerResumed(Room, subscription.Consumer.Id));
        if (subscription.Publication.Producer.IsPaused)
        {
            Tell(new RoomEvent.ConsumerPaused(Room, subscription.Consumer.Id));
        }
    }

    private async Task<WebRtcTransport> OpenTransportAsync(RoomRouter router, bool limited, bool forceTcp)
    {
        WebRtcTransport? transport = null;
        try
        {
            transport = await Media.AskAsync(() => router.Router.CreateWebRtcTransportAsync(new WebRtcTransportOptions
            {
                WebRtcServer = router.Seat.Server,
                EnableUdp = !forceTcp,
                EnableTcp = true,
                PreferUdp = true,
            })).ConfigureAwait(false);
            if (limited)
            {
                await Media.AskAsync(() => transport.SetMaxIncomingBitrateAsync(Room.Options.MaxIncomingBitrate)).ConfigureAwait(false);
            }
            return transport;
        }
        catch
        {
            if (transport is not null)
            {
                await Media.CloseAsync(transport.CloseAsync()).ConfigureAwait(false);
            }
            LeaveSeatIfIdle();
            throw;
        }
    }

    // What was piped for a consumer that could not be made is of no use to anybody, unless others want it too.
    private async Task<Consumer> ConsumeAsync(
        Publication publication, RoomRouter router, WebRtcTransport transport, RtpCapabilities capabilities)
    {
        try
        {
            Producer source = await publication.ReachAsync(router).ConfigureAwait(false);
            return await Media.AskAsync(() => transport.ConsumeAsync(new ConsumerOptions
            {
                Producer = source,
                RtpCapabilities = capabilities,
                Paused = true,
                Created = Watch,
            })).ConfigureAwait(false);
        }
        catch
        {
            await publication.TrimAsync(router).ConfigureAwait(false);
            throw;
        }
    }

    private void LeaveSeatIfIdle()
    {
        if (_transports.Count == 0 && _router is { } router)
        {
            _router = null;
            Room.Unseat(this, router);
        }
    }

    private void DropMediaOf(string transportId)
    {
        foreach (Subscription subscription in _subscriptions.Values.Where(s => s.TransportId == transportId).ToArray())
        {
            Unsubscribe(subscription);
        }
        foreach (Publication publication in _publications.Values.Where(p => p.TransportId == transportId).ToArray())
        {
            Unpublish(publication);
        }
        if (transportId == _receiveTransportId)
        {
            _receiveTransportId = null;
        }
        if (transportId == _sendTransportId)
        {
            _sendTransportId = null;
        }
    }

    private void Unpublish(Publication publication)
    {
        _publications.Remove(publication.Producer.Id);
        Room.Remove(publication);
        foreach (Subscription subscription in publication.Subscriptions.ToArray())
        {
            subscription.Receiver.Unsubscribe(subscription);
        }
        Tell(new RoomEvent.ProducerClosed(Room, publication.Producer.Id));
    }

    private void Unsubscribe(Subscription subscription)
    {
        _subscriptions.Remove(subscription.Consumer.Id);
        Room.Remove(subscription);
        subscription.Publication.Subscriptions.Remove(subscription);
        Tell(new RoomEvent.ConsumerClosed(Room, subscription.Consumer.Id));
    }

    // A client that is gone for good shows itself first on its transport.
    private void Watch(WebRtcTransport transport)
    {
        void Ended() => Room.Follow(() => _transports.ContainsKey(transport.Id) ? CloseTransportAsync(transport.Id) : Task.CompletedTask);
        transport.DtlsStateChanged += state =>
        {
            if (state is DtlsState.Failed or DtlsState.Closed)
            {
                Ended();
            }
        };
        transport.IceStateChanged += state =>
        {
            if (state == IceState.Disconnected)
            {
                Ended();
            }
        };
    }

    private void Watch(Producer producer)
    {
        producer.Scored += scores => PostOf(producer, () => Room.TellScore(
            this, producer.Id, new RoomEvent.ProducerScored(Room, producer.Id, scores)));
        producer.VideoOrientationChanged += orientation => PostOf(producer, () => Room.TellAll(
            new RoomEvent.VideoOrientationChanged(Room, producer.Id, orientation)));
    }

    private void Watch(Consumer consumer)
    {
        consumer.Scored += score => PostOf(consumer, () => Room.TellScore(
            this, consumer.Id, new RoomEvent.ConsumerScored(Room, consumer.Id, score)));
        consumer.LayersChanged += layers => PostOf(consumer, () => Room.TellLayers(
            this, consumer.Id, new RoomEvent.LayersChanged(Room, consumer.Id, layers)));
    }

    // News of something that has closed by the time of its turn is no news.
    private void PostOf(Producer producer, Action turn) => Room.Post(() =>
    {
        if (_publications.ContainsKey(producer.Id))
        {
            turn();
        }
    });

    private void PostOf(Consumer consumer, Action turn) => Room.Post(() =>
    {
        if (_subscriptions.ContainsKey(consumer.Id))
        {
            turn();
        }
    });

    private WebRtcTransport Transport(string transportId) =>
        _transports.GetValueOrDefault(transportId) ?? throw new RefusedException(new RoomError.NoSuchTransport(transportId));

    private Publication OwnPublication(string producerId) =>
        _publications.GetValueOrDefault(producerId) ?? throw new RefusedException(new RoomError.NoSuchProducer(producerId));

    private Subscription Subscription(string consumerId) =>
        _subscriptions.GetValueOrDefault(consumerId) ?? throw new RefusedException(new RoomError.NoSuchConsumer(consumerId));
}
