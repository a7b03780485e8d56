using Millrace.Controller.Channel;
using Millrace.Controller.Rtp;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>Media that a router sends to a peer: one producer's, in a form that the peer can receive.</summary>
public sealed class Consumer : IAsyncDisposable
{
    /// <summary>The priority of a consumer nobody has set one for.</summary>
    public const int DefaultPriority = 1;

    private readonly Entity _entity;

    internal Consumer(
        Transport transport,
        string id,
        Entity transportEntity,
        ConsumerOptions options,
        RtpType type,
        RtpParameters parameters,
        ConsumeAnswer answer)
    {
        Transport = transport;
        Id = id;
        Producer = options.Producer;
        Type = type;
        AppData = options.AppData;
        RtpParameters = parameters;
        IsPaused = answer.Paused;
        IsProducerPaused = answer.ProducerPaused;
        Score = answer.Score;
        PreferredLayers = answer.PreferredLayers;
        _entity = transportEntity.Adopt(new Entity(EntityKind.Consumer, id, transportEntity.Channel, transportEntity)
        {
            Received = Receive,
            Closed = OnClosed,
        });
        _entity.Channel.Guard(() => options.Created?.Invoke(this));
    }

    /// <summary>It has closed.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>The producer has closed, and this consumer with it; raised just before <see cref="Closed"/>.</summary>
    public event Action? ProducerClosed;

    /// <summary>The producer has been paused.</summary>
    public event Action? ProducerPaused;

    /// <summary>The producer has been resumed.</summary>
    public event Action? ProducerResumed;

    /// <summary>It arrives better or worse than before.</summary>
    public event Action<ConsumerScore>? Scored;

    /// <summary>Other layers are sent; null means none.</summary>
    public event Action<ConsumerLayers?>? LayersChanged;

    /// <summary>Something happened that <see cref="EnableTraceEventAsync"/> asked for.</summary>
    public event Action<TraceEvent>? Trace;

    /// <summary>An RTP packet for the peer has come; only on a direct transport.</summary>
    public event Action<ReadOnlyMemory<byte>>? RtpReceived;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The transport it belongs to.</summary>
    public Transport Transport { get; }

    /// <summary>The producer it consumes.</summary>
    public Producer Producer { get; }

    /// <summary>Audio or video.</summary>
    public MediaKind Kind => Producer.Kind;

    /// <summary>How it is fed.</summary>
    public RtpType Type { get; }

    /// <summary>How it is sent, to be told to the peer.</summary>
    public RtpParameters RtpParameters { get; }

    /// <summary>Whether it is paused itself.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether its producer is paused.</summary>
    public bool IsProducerPaused { get; private set; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => _entity.IsClosed;

    /// <summary>How well it arrives.</summary>
    public ConsumerScore Score { get; private set; }

    /// <summary>The layers asked for.</summary>
    public ConsumerLayers? PreferredLayers { get; private set; }

    /// <summary>The layers sent now.</summary>
    public ConsumerLayers? CurrentLayers { get; private set; }

    /// <summary>Its claim to bitrate beside the transport's other consumers, 1 to 255.</summary>
    public int Priority { get; private set; } = DefaultPriority;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; set; }

    /// <summary>Stops sending.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.PauseConsumer(Id), _ => IsPaused = true, cancellationToken);

    /// <summary>Sends again; video begins with a key frame.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.ResumeConsumer(Id), _ => IsPaused = false, cancellationToken);

    /// <summary>Asks the producer for a key frame.</summary>
    public Task RequestKeyFrameAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.RequestKeyFrame(Id), cancellationToken);

    /// <summary>Sets the layers to aim at; the answer is what the worker made of it.</summary>
    public Task<ConsumerLayers?> SetPreferredLayersAsync(
        ConsumerLayers layers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentOutOfRangeException.ThrowIfNegative(layers.SpatialLayer, nameof(layers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layers.SpatialLayer, byte.MaxValue, nameof(layers));
        return _entity.RequestAsync(
            WorkerRequests.SetPreferredLayers(Id, layers), answer => PreferredLayers = answer, cancellationToken);
    }

    /// <summary>Sets its claim to bitrate, 1 to 255.</summary>
    public Task<int> SetPriorityAsync(int priority, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(priority, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, byte.MaxValue);
        return _entity.RequestAsync(
            WorkerRequests.SetPriority(Id, priority), answer => Priority = answer, cancellationToken);
    }

    /// <summary>Chooses what <see cref="Trace"/> tells; nothing turns it off.</summary>
    public Task EnableTraceEventAsync(
        IReadOnlyList<TraceEventType> types, CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.EnableConsumerTrace(Id, types), cancellationToken);

    /// <summary>Asks the worker what was counted: what is sent here, and the producer's stream it is made from.</summary>
    public Task<IReadOnlyList<RtpStreamStats>> GetStatsAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.GetConsumerStats(Id), cancellationToken);

    /// <summary>Asks the worker what it holds.</summary>
    public Task<ConsumerDump> DumpAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.DumpConsumer(Id), cancellationToken);

    /// <summary>Closes it; does nothing the second time.</summary>
    public Task CloseAsync(CancellationToken cancellationToken = default) =>
        _entity.CloseAsync(WorkerRequests.CloseConsumer(Transport.Id, Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync() => _entity.DisposeAsync(WorkerRequests.CloseConsumer(Transport.Id, Id));

    /// <summary>Closes with the other end of a pipe.</summary>
    internal void Abandon() => _entity.Abandon(WorkerRequests.CloseConsumer(Transport.Id, Id), CloseReason.PipeClosed);

    private void OnClosed(CloseReason reason)
    {
        if (reason == CloseReason.ProducerClosed)
        {
            ProducerClosed?.Invoke();
        }
        Closed?.Invoke(reason);
    }

    private void Receive(WorkerEvent notification)
    {
        switch (notification)
        {
            case WorkerEvent.ConsumerProducerPaused:
                IsProducerPaused = true;
                ProducerPaused?.Invoke();
                break;
            case WorkerEvent.ConsumerProducerResumed:
                IsProducerPaused = false;
                ProducerResumed?.Invoke();
                break;
            case WorkerEvent.ConsumerProducerClosed:
                _entity.Channel.Entities.Close(_entity, CloseReason.ProducerClosed);
                break;
            case WorkerEvent.ConsumerScored scored:
                Score = scored.Score;
                Scored?.Invoke(scored.Score);
                break;
            case WorkerEvent.LayersChanged changed:
                CurrentLayers = changed.Layers;
                LayersChanged?.Invoke(changed.Layers);
                break;
            case WorkerEvent.RtpReceived received:
                RtpReceived?.Invoke(received.Packet);
                break;
            case WorkerEvent.Traced traced:
                Trace?.Invoke(traced.Event);
                break;
        }
    }
}
