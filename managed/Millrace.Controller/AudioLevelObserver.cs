using Millrace.Controller.Channel;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>Watches the loudness of producers that send the audio level extension (RFC 6464).</summary>
public sealed class AudioLevelObserver : IAsyncDisposable
{
    private readonly Router _router;
    private readonly Entity _entity;

    internal AudioLevelObserver(Router router, string id, Entity routerEntity, AudioLevelObserverOptions options)
    {
        _router = router;
        Id = id;
        _entity = routerEntity.Adopt(new Entity(EntityKind.RtpObserver, id, routerEntity.Channel, routerEntity)
        {
            Received = Receive,
            Closed = reason => Closed?.Invoke(reason),
        });
        _entity.Channel.Guard(() => options.Created?.Invoke(this));
    }

    /// <summary>It has closed.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>Who was heard in the last interval, the loudest first.</summary>
    public event Action<IReadOnlyList<AudioLevel>>? Volumes;

    /// <summary>Nobody is heard any more.</summary>
    public event Action? Silence;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => _entity.IsClosed;

    /// <summary>Watches a producer of the same router; one that closes is left out by itself.</summary>
    public Task AddProducerAsync(Producer producer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return _entity.RequestAsync(WorkerRequests.AddProducer(Id, producer.Id), cancellationToken);
    }

    /// <summary>Watches a producer no more.</summary>
    public Task RemoveProducerAsync(Producer producer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return _entity.RequestAsync(WorkerRequests.RemoveProducer(Id, producer.Id), cancellationToken);
    }

    /// <summary>Stops telling.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.PauseRtpObserver(Id), _ => IsPaused = true, cancellationToken);

    /// <summary>Tells again.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.ResumeRtpObserver(Id), _ => IsPaused = false, cancellationToken);

    /// <summary>Closes it; does nothing the second time.</summary>
    public Task CloseAsync(CancellationToken cancellationToken = default) =>
        _entity.CloseAsync(WorkerRequests.CloseRtpObserver(_router.Id, Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync() => _entity.DisposeAsync(WorkerRequests.CloseRtpObserver(_router.Id, Id));

    private void Receive(WorkerEvent notification)
    {
        switch (notification)
        {
            case WorkerEvent.VolumesMeasured measured:
                Volumes?.Invoke(measured.Levels);
                break;
            case WorkerEvent.Silent:
                Silence?.Invoke();
                break;
        }
    }
}
