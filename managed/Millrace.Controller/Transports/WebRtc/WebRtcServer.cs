using Millrace.Controller.Channel;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>Sockets that many WebRTC transports share, told apart by their ICE user name fragments.</summary>
public sealed class WebRtcServer : IAsyncDisposable
{
    internal WebRtcServer(string id, Entity worker, object? appData)
    {
        AppData = appData;
        Id = id;
        Entity = worker.Adopt(new Entity(EntityKind.WebRtcServer, id, worker.Channel, worker)
        {
            Closed = reason => Closed?.Invoke(reason),
        });
    }

    /// <summary>It has closed, and with it the transports on it.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => Entity.IsClosed;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; set; }

    internal Entity Entity { get; }

    /// <summary>Asks the worker what it holds.</summary>
    public Task<WebRtcServerDump> DumpAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(WorkerRequests.DumpWebRtcServer(Id), cancellationToken);

    /// <summary>Closes it and the transports on it; does nothing the second time.</summary>
    public Task CloseAsync(CancellationToken cancellationToken = default) =>
        Entity.CloseAsync(WorkerRequests.CloseWebRtcServer(Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync() => Entity.DisposeAsync(WorkerRequests.CloseWebRtcServer(Id));
}
