using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>A producer of one peer, and everybody who receives it.</summary>
public sealed class Publication
{
    private readonly Dictionary<RoomRouter, Producer> _pipes = [];

    internal Publication(Producer producer, Peer owner, RoomRouter router, string transportId, object? appData)
    {
        Producer = producer;
        Owner = owner;
        Router = router;
        TransportId = transportId;
        AppData = appData;
    }

    /// <summary>The producer on the worker.</summary>
    public Producer Producer { get; }

    /// <summary>Who sends.</summary>
    public Peer Owner { get; }

    /// <summary>The transport it arrives on.</summary>
    public string TransportId { get; }

    /// <summary>Whatever the sender wants its viewers to know; the protocol that took it reads it again.</summary>
    public object? AppData { get; }

    /// <summary>The router it arrives at.</summary>
    internal RoomRouter Router { get; }

    /// <summary>The subscriptions to this publication.</summary>
    internal List<Subscription> Subscriptions { get; } = [];

    /// <summary>Other routers that it has been piped to.</summary>
    internal IReadOnlyCollection<RoomRouter> PipedTo => _pipes.Keys;

    /// <summary>The producer as it appears at a router: piped there when somebody there wants it for the first time.</summary>
    /// <exception cref="RefusedException">It cannot be piped now.</exception>
    internal async Task<Producer> ReachAsync(RoomRouter router)
    {
        if (router == Router)
        {
            return Producer;
        }
        if (_pipes.TryGetValue(router, out Producer? there))
        {
            if (!there.IsClosed)
            {
                return there;
            }
            Forget(router);
        }
        RouterPipe pipe = await Media.AskAsync(() => Router.Router.PipeToRouterAsync(new PipeToRouterOptions
        {
            Producer = Producer,
            Router = router.Router,
            EnableSctp = false,
        })).ConfigureAwait(false);
        _pipes.Add(router, pipe.Producer!);
        RoomMetrics.Pipes.Add(1, RoomMetrics.WorkerOf(router.Node));
        return pipe.Producer!;
    }

    /// <summary>Ends the pipe to a router where nobody wants it any more.</summary>
    internal async Task TrimAsync(RoomRouter router)
    {
        if (_pipes.TryGetValue(router, out Producer? there) && Subscriptions.TrueForAll(s => s.Router != router))
        {
            Forget(router);
            await Media.CloseAsync(there.CloseAsync()).ConfigureAwait(false);
        }
    }

    /// <summary>A router is no more, and the pipe to it.</summary>
    internal void Forget(RoomRouter router)
    {
        if (_pipes.Remove(router))
        {
            RoomMetrics.Pipes.Add(-1, RoomMetrics.WorkerOf(router.Node));
        }
    }

    /// <summary>The producer is no more, and all pipes with it.</summary>
    internal void ForgetPipes()
    {
        foreach (RoomRouter router in _pipes.Keys.ToArray())
        {
            Forget(router);
        }
    }
}
