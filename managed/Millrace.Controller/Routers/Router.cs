using Millrace.Controller.Channel;
using Millrace.Controller.Pipes;
using Millrace.Controller.Rtp;
using Millrace.Controller.Sctp;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>
/// Passes the packets of its producers on to its consumers. What can be exchanged is settled by
/// <see cref="RtpCapabilities"/>, which every client reads first.
/// </summary>
public sealed class Router : IAsyncDisposable
{
    private static long _lastAge;
    private readonly Entity _entity;
    private readonly RouterLinks _links;

    internal Router(string id, Entity worker, WorkerOptions options, RtpCapabilities capabilities, object? appData)
    {
        AppData = appData;
        _links = new RouterLinks(this);
        Id = id;
        Options = options;
        RtpCapabilities = capabilities;
        _entity = worker.Adopt(new Entity(EntityKind.Router, id, worker.Channel, worker)
        {
            Closed = reason => Closed?.Invoke(reason),
        });
    }

    /// <summary>It has closed, and with it everything made from it.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>A transport has been made; raised before the call that made it returns.</summary>
    public event Action<Transport>? TransportCreated;

    /// <summary>An observer has been made; raised before the call that made it returns.</summary>
    public event Action<RtpObserver>? RtpObserverCreated;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>What it can receive and send.</summary>
    public RtpCapabilities RtpCapabilities { get; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => _entity.IsClosed;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; set; }

    internal WorkerOptions Options { get; }

    /// <summary>The routers of a process in the order in which they were made; ids order only those of one worker.</summary>
    internal long Age { get; } = Interlocked.Increment(ref _lastAge);

    /// <summary>Whether something of this router's worker has this id.</summary>
    internal bool IsIdTaken(string id) => _entity.Channel.Entities.Find(id) is not null;

    /// <summary>Whether a client with these capabilities can receive the producer.</summary>
    /// <exception cref="RtpException">The capabilities make no sense.</exception>
    public bool CanConsume(Producer producer, RtpCapabilities rtpCapabilities)
    {
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(rtpCapabilities);
        return producer.Router == this
            && ConsumerParameters.CanConsume(producer.ConsumableRtpParameters, RtpValidation.Check(rtpCapabilities));
    }

    /// <summary>Makes a transport for a browser or another WebRTC endpoint.</summary>
    public Task<WebRtcTransport> CreateWebRtcTransportAsync(
        WebRtcTransportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if ((options.WebRtcServer is null) == (options.ListenInfos.Count == 0))
        {
            throw new ArgumentException("A WebRTC transport needs either a server or sockets of its own.", nameof(options));
        }
        string id = Options.NewId();
        return _entity.CreateAsync(
            WorkerRequests.CreateWebRtcTransport(Id, id, options),
            WorkerRequests.CloseTransport(Id, id),
            dump => Announce(new WebRtcTransport(this, _entity, options.WebRtcServer?.Entity, dump, options.AppData), TransportCreated),
            cancellationToken);
    }

    /// <summary>Makes a transport for plain RTP or SRTP, as ffmpeg, GStreamer or SIP endpoints speak it.</summary>
    public Task<PlainTransport> CreatePlainTransportAsync(
        PlainTransportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        string id = Options.NewId();
        return _entity.CreateAsync(
            WorkerRequests.CreatePlainTransport(Id, id, options),
            WorkerRequests.CloseTransport(Id, id),
            dump => Announce(new PlainTransport(this, _entity, dump, options.AppData), TransportCreated),
            cancellationToken);
    }

    /// <summary>Makes one end of a pipe; <see cref="PipeToRouterAsync"/> makes both, and is what most hosts want.</summary>
    public Task<PipeTransport> CreatePipeTransportAsync(
        PipeTransportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return CreatePipeTransportAsync(options, new SctpStreamIds(first: 0, step: 1), cancellationToken);
    }

    internal Task<PipeTransport> CreatePipeTransportAsync(
        PipeTransportOptions options, SctpStreamIds streamIds, CancellationToken cancellationToken)
    {
        string id = Options.NewId();
        return _entity.CreateAsync(
            PipeRequests.CreatePipeTransport(Id, id, options),
            WorkerRequests.CloseTransport(Id, id),
            dump => Announce(
                new PipeTransport(this, _entity, dump, options.AppData) { StreamIds = streamIds }, TransportCreated),
            cancellationToken);
    }

    /// <summary>Makes a transport whose peer is the host itself.</summary>
    public Task<DirectTransport> CreateDirectTransportAsync(
        DirectTransportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        string id = Options.NewId();
        return _entity.CreateAsync(
            PipeRequests.CreateDirectTransport(Id, id, options),
            WorkerRequests.CloseTransport(Id, id),
            dump => Announce(new DirectTransport(this, _entity, dump, options.AppData), TransportCreated),
            cancellationToken);
    }

    /// <summary>Makes an observer that tells which producers are loud.</summary>
    public Task<AudioLevelObserver> CreateAudioLevelObserverAsync(
        AudioLevelObserverOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        string id = Options.NewId();
        return _entity.CreateAsync(
            WorkerRequests.CreateAudioLevelObserver(Id, id, options),
            WorkerRequests.CloseRtpObserver(Id, id),
            _ => Announce(new AudioLevelObserver(this, id, _entity, options), RtpObserverCreated),
            cancellationToken);
    }

    /// <summary>Makes an observer that tells who leads the conversation.</summary>
    public Task<ActiveSpeakerObserver> CreateActiveSpeakerObserverAsync(
        ActiveSpeakerObserverOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        string id = Options.NewId();
        return _entity.CreateAsync(
            WorkerRequests.CreateActiveSpeakerObserver(Id, id, options),
            WorkerRequests.CloseRtpObserver(Id, id),
            _ => Announce(new ActiveSpeakerObserver(this, id, _entity, options), RtpObserverCreated),
            cancellationToken);
    }

    /// <summary>
    /// Makes a producer of this router appear in another router, of the same worker or of another: consumers there cost
    /// the pipe nothing more. What appears closes and pauses with its source; closing either end closes the other.
    /// </summary>
    /// <remarks>
    /// Asking again for what has been piped already gives the same pipe. A call that is given up does not undo what it
    /// has begun: the pipe stays for the next call, and goes with its source or with one of the routers.
    /// </remarks>
    /// <exception cref="ArgumentException">The options make no sense together.</exception>
    /// <exception cref="RtpException">The other router does not support the codec.</exception>
    public async Task<RouterPipe> PipeToRouterAsync(
        PipeToRouterOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Router other = options.Router;
        if ((options.Producer is null) == (options.DataProducer is null))
        {
            throw new ArgumentException("Either a producer or a data producer is piped.", nameof(options));
        }
        if (other == this || (options.Producer?.Router ?? options.DataProducer!.Router) != this)
        {
            throw new ArgumentException("A producer of this router is piped into another router.", nameof(options));
        }
        // Of two routers the older one keeps what they share.
        (Router older, Router younger) = Age < other.Age ? (this, other) : (other, this);
        RouterLink link = await older._links.GetAsync(younger, options).WaitAsync(cancellationToken).ConfigureAwait(false);
        return await link.PipeAsync(this, options).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the worker what it holds.</summary>
    public Task<RouterDump> DumpAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.DumpRouter(Id), cancellationToken);

    /// <summary>Closes it and everything made from it; does nothing the second time.</summary>
    public Task CloseAsync(CancellationToken cancellationToken = default) =>
        _entity.CloseAsync(WorkerRequests.CloseRouter(Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync() => _entity.DisposeAsync(WorkerRequests.CloseRouter(Id));

    private TCreated Announce<TCreated, THappening>(TCreated created, Action<THappening>? happening)
        where TCreated : THappening
    {
        _entity.Channel.Guard(() => happening?.Invoke(created));
        return created;
    }
}
