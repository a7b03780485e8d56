using Millrace.Controller.Channel;
using Millrace.Controller.Rtp;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>
/// Passes the packets of its producers on to its consumers. What can be exchanged is settled by
/// <see cref="RtpCapabilities"/>, which every client reads first.
/// </summary>
public sealed class Router : IAsyncDisposable
{
    private readonly Entity _entity;

    internal Router(string id, Entity worker, WorkerOptions options, RtpCapabilities capabilities)
    {
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

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>What it can receive and send.</summary>
    public RtpCapabilities RtpCapabilities { get; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => _entity.IsClosed;

    internal WorkerOptions Options { get; }

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
            dump => new WebRtcTransport(this, _entity, options.WebRtcServer?.Entity, dump),
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
            dump => new PlainTransport(this, _entity, dump),
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
            _ => new AudioLevelObserver(this, id, _entity, options),
            cancellationToken);
    }

    /// <summary>Asks the worker what it holds.</summary>
    public Task<RouterDump> DumpAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.DumpRouter(Id), cancellationToken);

    /// <summary>Closes it and everything made from it; does nothing the second time.</summary>
    public Task CloseAsync(CancellationToken cancellationToken = default) =>
        _entity.CloseAsync(WorkerRequests.CloseRouter(Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync() => _entity.DisposeAsync(WorkerRequests.CloseRouter(Id));
}
