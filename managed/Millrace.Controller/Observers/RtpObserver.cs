using Millrace.Controller.Channel;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>Watches producers of audio: an <see cref="AudioLevelObserver"/> or an <see cref="ActiveSpeakerObserver"/>.</summary>
public abstract class RtpObserver : IAsyncDisposable
{
    private readonly Entity _entity;

    private protected RtpObserver(Router router, string id, Entity routerEntity, object? appData)
    {
        Router = router;
        Id = id;
        AppData = appData;
        _entity = routerEntity.Adopt(new Entity(EntityKind.RtpObserver, id, routerEntity.Channel, routerEntity)
        {
            Received = Receive,
            Closed = reason => Closed?.Invoke(reason),
        });
    }

    /// <summary>It has closed.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The router whose producers it watches.</summary>
    public Router Router { get; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => _entity.IsClosed;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; set; }

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
        _entity.CloseAsync(WorkerRequests.CloseRtpObserver(Router.Id, Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _entity.DisposeAsync(WorkerRequests.CloseRtpObserver(Router.Id, Id));
    }

    private protected abstract void Receive(WorkerEvent notification);

    /// <summary>Calls the host's callback; what it throws goes no further.</summary>
    private protected void Guard(Action call) => _entity.Channel.Guard(call);
}
