using Millrace.Controller.Wire;

namespace Millrace.Controller.Channel;

/// <summary>
/// The life of something a worker holds: its id, what it belongs to, what is called when the worker notifies it and
/// when it closes. Every noun has one; which are alive, and whose children they are, only the
/// <see cref="EntityTable"/> knows and changes.
/// </summary>
internal sealed class Entity(EntityKind kind, string id, WorkerChannel channel, Entity? parent, Entity? secondParent = null)
{
    // The close reason plus one; 0 while open. Written once, by the table.
    private volatile int _closed;

    public EntityKind Kind { get; } = kind;

    public string Id { get; } = id;

    public WorkerChannel Channel { get; } = channel;

    public Entity? Parent { get; } = parent;

    /// <summary>The WebRTC server of a transport: it goes with either.</summary>
    public Entity? SecondParent { get; } = secondParent;

    public Action<WorkerEvent>? Received { get; init; }

    public Action<CloseReason>? Closed { get; init; }

    public bool IsClosed => _closed != 0;

    /// <summary>Owned by the table, under its lock.</summary>
    public HashSet<Entity> Children { get; } = [];

    public ObjectClosedException ClosedException() => new(Kind.ToString(), Id, (CloseReason)(_closed - 1));

    public void MarkClosed(CloseReason reason) => _closed = (int)reason + 1;

    /// <summary>Registers a child; fails if this has closed meanwhile.</summary>
    public Entity Adopt(Entity child) =>
        Channel.Entities.TryAdd(child) ? child : throw ClosedParentOf(child).ClosedException();

    public Task<T> RequestAsync<T>(Request<T> request, CancellationToken cancellationToken) =>
        RequestAsync(request, static answer => answer, cancellationToken);

    /// <summary>Asks the worker; <paramref name="onAnswer"/> runs before anything that the worker sent later is looked at.</summary>
    public Task<TResult> RequestAsync<T, TResult>(
        Request<T> request, Func<T, TResult> onAnswer, CancellationToken cancellationToken) =>
        IsClosed && Kind != EntityKind.Worker
            ? Task.FromException<TResult>(ClosedException())
            : Channel.RequestAsync(request, onAnswer, cancellationToken);

    /// <summary>
    /// Asks the worker to make something. A caller that gives up, or a parent that closes meanwhile, leaves nothing
    /// behind: <paramref name="undo"/> is sent after it.
    /// </summary>
    public async Task<TResult> CreateAsync<T, TResult>(
        Request<T> create, Request<Nothing> undo, Func<T, TResult> onAnswer, CancellationToken cancellationToken)
    {
        try
        {
            return await RequestAsync(create, onAnswer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or WorkerProtocolException)
        {
            Channel.Forget(undo);
            throw;
        }
    }

    /// <summary>Tells the worker something that it does not answer.</summary>
    public void Notify(ArraySegment<byte> notification)
    {
        if (IsClosed)
        {
            throw ClosedException();
        }
        Channel.Notify(notification);
    }

    /// <summary>Closes it and all its children at once, and tells the worker without waiting for its answer.</summary>
    public void Abandon(Request<Nothing> request, CloseReason reason)
    {
        if (Channel.Entities.Close(this, reason))
        {
            Channel.Forget(request);
        }
    }

    /// <summary>Closes it and all its children at once, and then tells the worker.</summary>
    public async Task CloseAsync(Request<Nothing> request, CancellationToken cancellationToken)
    {
        if (!Channel.Entities.Close(this, CloseReason.Closed))
        {
            return;
        }
        try
        {
            await Channel.RequestAsync(request, static answer => answer, cancellationToken).ConfigureAwait(false);
        }
        catch (WorkerDiedException)
        {
            // Gone is closed.
        }
        catch (WorkerRequestException e) when (e.Error == WorkerError.NotFound)
        {
            // The worker had closed it already, by itself or with its parent.
        }
    }

    public async ValueTask DisposeAsync(Request<Nothing> request)
    {
        try
        {
            await CloseAsync(request, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or WorkerRequestException or WorkerBusyException
            or WorkerProtocolException)
        {
            // It is closed on this side; a worker that does not answer is somebody else's finding.
        }
    }

    private static Entity ClosedParentOf(Entity child) =>
        child.SecondParent is { IsClosed: true } second ? second : child.Parent!;
}
