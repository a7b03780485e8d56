using Millrace.Controller.Channel;
using Millrace.Controller.Rtp;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>Media that a peer sends into a router.</summary>
public sealed class Producer : IAsyncDisposable
{
    private readonly Entity _entity;

    internal Producer(
        Transport transport,
        string id,
        Entity transportEntity,
        ProducerOptions options,
        RtpParameters parameters,
        RtpParameters consumable,
        RtpType type)
    {
        Transport = transport;
        Id = id;
        Kind = options.Kind;
        Type = type;
        RtpParameters = parameters;
        ConsumableRtpParameters = consumable;
        IsPaused = options.Paused;
        AppData = options.AppData;
        _entity = transportEntity.Adopt(new Entity(EntityKind.Producer, id, transportEntity.Channel, transportEntity)
        {
            Received = Receive,
            Closed = reason => Closed?.Invoke(reason),
        });
        _entity.Channel.Guard(() => options.Created?.Invoke(this));
    }

    /// <summary>It has closed; its consumers close on their own.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>Its streams arrive better or worse than before.</summary>
    public event Action<IReadOnlyList<ProducerScore>>? Scored;

    /// <summary>The sender holds its camera differently.</summary>
    public event Action<VideoOrientation>? VideoOrientationChanged;

    /// <summary>Something happened that <see cref="EnableTraceEventAsync"/> asked for.</summary>
    public event Action<TraceEvent>? Trace;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The transport it belongs to.</summary>
    public Transport Transport { get; }

    /// <summary>Audio or video.</summary>
    public MediaKind Kind { get; }

    /// <summary>How many versions of the media it sends.</summary>
    public RtpType Type { get; }

    /// <summary>How it is sent.</summary>
    public RtpParameters RtpParameters { get; }

    /// <summary>The router it sends into.</summary>
    public Router Router => Transport.Router;

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => _entity.IsClosed;

    /// <summary>How well each of its streams arrives; empty until the worker knows.</summary>
    public IReadOnlyList<ProducerScore> Score { get; private set; } = [];

    /// <summary>How the sender holds its camera, if it has told.</summary>
    public VideoOrientation? VideoOrientation { get; private set; }

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; set; }

    internal RtpParameters ConsumableRtpParameters { get; }

    /// <summary>Hands the worker an RTP packet of this producer (RFC 3550); only on a direct transport.</summary>
    /// <exception cref="InvalidOperationException">It belongs to another kind of transport.</exception>
    /// <exception cref="ObjectClosedException">It has closed.</exception>
    /// <exception cref="WorkerBusyException">Too much waits for the worker already.</exception>
    public void Send(ReadOnlySpan<byte> packet)
    {
        if (Transport is not DirectTransport)
        {
            throw new InvalidOperationException("Only the producer of a direct transport sends packets of the host.");
        }
        _entity.Notify(WorkerNotifications.SendRtp(Id, packet));
    }

    /// <summary>Stops passing its media on.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.PauseProducer(Id), _ => IsPaused = true, cancellationToken);

    /// <summary>Passes its media on again.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.ResumeProducer(Id), _ => IsPaused = false, cancellationToken);

    /// <summary>Chooses what <see cref="Trace"/> tells; nothing turns it off.</summary>
    public Task EnableTraceEventAsync(
        IReadOnlyList<TraceEventType> types, CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.EnableProducerTrace(Id, types), cancellationToken);

    /// <summary>Asks the worker what was counted, stream by stream.</summary>
    public Task<IReadOnlyList<RtpStreamStats>> GetStatsAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.GetProducerStats(Id), cancellationToken);

    /// <summary>Asks the worker what it holds.</summary>
    public Task<ProducerDump> DumpAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.DumpProducer(Id), cancellationToken);

    /// <summary>Closes it; its consumers follow. Does nothing the second time.</summary>
    public Task CloseAsync(CancellationToken cancellationToken = default) =>
        _entity.CloseAsync(WorkerRequests.CloseProducer(Transport.Id, Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync() => _entity.DisposeAsync(WorkerRequests.CloseProducer(Transport.Id, Id));

    /// <summary>Pauses or resumes with the other end of a pipe.</summary>
    internal void Follow(bool paused)
    {
        if (IsPaused != paused && !IsClosed)
        {
            IsPaused = paused;
            _entity.Channel.Forget(paused ? WorkerRequests.PauseProducer(Id) : WorkerRequests.ResumeProducer(Id));
        }
    }

    /// <summary>Closes with the other end of a pipe.</summary>
    internal void Abandon() => _entity.Abandon(WorkerRequests.CloseProducer(Transport.Id, Id), CloseReason.PipeClosed);

    private void Receive(WorkerEvent notification)
    {
        switch (notification)
        {
            case WorkerEvent.ProducerScored scored:
                Score = scored.Scores;
                Scored?.Invoke(scored.Scores);
                break;
            case WorkerEvent.VideoOrientationChanged changed:
                VideoOrientation = changed.Orientation;
                VideoOrientationChanged?.Invoke(changed.Orientation);
                break;
            case WorkerEvent.Traced traced:
                Trace?.Invoke(traced.Event);
                break;
        }
    }
}
