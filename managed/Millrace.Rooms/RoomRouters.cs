using Microsoft.Extensions.Logging;
using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>
/// The routers of one room: one while its worker can carry it, and one more on another worker whenever those that are there are
/// full. A router on which nobody sits any more is given back, but for the last.
/// </summary>
/// <remarks>Used within turns of the room.</remarks>
internal sealed partial class RoomRouters(
    string roomId, MediaNode home, MediaPool pool, RoomOptions options, Action<RoomRouter, AudioLevelObserver> watch, ILogger logger)
{
    private readonly List<RoomRouter> _all = [];

    /// <summary>All of them, the oldest first.</summary>
    public IReadOnlyList<RoomRouter> All => _all;

    /// <summary>Makes the first router, where the room was placed.</summary>
    /// <exception cref="RefusedException">No worker can carry it now.</exception>
    public Task<RoomRouter> OpenFirstAsync() => OpenAsync(home);

    /// <summary>A seat for one more peer.</summary>
    /// <param name="publications">What is sent in the room; the peer will want it all.</param>
    /// <exception cref="RefusedException">No worker can carry the peer now.</exception>
    public async Task<RoomRouter> ChooseAsync(int publications)
    {
        if (_all.Count == 0)
        {
            throw new RefusedException(new RoomError.MediaUnavailable());
        }
        int most = options.Limits.ConsumersPerRouter;
        if (_all.FirstOrDefault(router => router.Peers.Count == 0 || LoadOf(router, publications) + publications <= most) is { } roomy)
        {
            return roomy;
        }
        RoomRouter quietest = _all.MinBy(router => LoadOf(router, publications))!;
        if (NextNode() is not { } node)
        {
            return quietest;
        }
        try
        {
            RoomRouter opened = await OpenAsync(node).ConfigureAwait(false);
            Log.Spread(logger, roomId, node.Number, _all.Count, quietest.Consumers);
            return opened;
        }
        catch (RefusedException refused)
        {
            // A crowded seat is better than none.
            Log.NotSpread(logger, roomId, node.Number, refused.Error);
            return quietest;
        }
    }

    /// <summary>Gives back a router on which nobody sits, unless it is the last.</summary>
    /// <returns>Whether it was given back.</returns>
    public async Task<bool> GiveBackAsync(RoomRouter router)
    {
        if (router.Peers.Count > 0 || _all.Count == 1 || !_all.Contains(router))
        {
            return false;
        }
        Forget(router);
        Log.Shrunk(logger, roomId, router.Node.Number, _all.Count);
        await Media.CloseAsync(router.Router.CloseAsync()).ConfigureAwait(false);
        return true;
    }

    /// <summary>The worker of a node is gone, and the router that was on it.</summary>
    /// <returns>The router; null when none was there.</returns>
    public RoomRouter? Lose(MediaNode node)
    {
        RoomRouter? lost = _all.Find(router => router.Node == node);
        if (lost is not null)
        {
            Forget(lost);
        }
        return lost;
    }

    /// <summary>Closes all of them.</summary>
    public async Task CloseAsync()
    {
        foreach (RoomRouter router in _all.ToArray())
        {
            Forget(router);
            await Media.CloseAsync(router.Router.CloseAsync()).ConfigureAwait(false);
        }
    }

    // What is sent now, or will be once everybody here receives everything: peers take their seats before their media.
    private static int LoadOf(RoomRouter router, int publications) => Math.Max(router.Consumers, router.Peers.Count * publications);

    // Where the room was placed if it has no router there any more, else where the fewest rooms are.
    private MediaNode? NextNode() => home.IsReady && _all.TrueForAll(router => router.Node != home)
        ? home
        : pool.Choose(node => _all.TrueForAll(router => router.Node != node));

    private async Task<RoomRouter> OpenAsync(MediaNode node)
    {
        MediaSeat seat = node.Seat ?? throw new RefusedException(new RoomError.MediaUnavailable());
        Router router = await Media.AskAsync(
            () => seat.Worker.CreateRouterAsync(new RouterOptions { MediaCodecs = options.MediaCodecs })).ConfigureAwait(false);
        RoomRouter opened = new(node, seat, router);
        if (options.Volumes is { } volumes)
        {
            try
            {
                opened.Volumes = await Media.AskAsync(() => router.CreateAudioLevelObserverAsync(
                    volumes with { Created = observer => watch(opened, observer) })).ConfigureAwait(false);
            }
            catch
            {
                await Media.CloseAsync(router.CloseAsync()).ConfigureAwait(false);
                throw;
            }
        }
        _all.Add(opened);
        if (node != home)
        {
            node.AddRoom();
        }
        RoomMetrics.Routers.Add(1, RoomMetrics.WorkerOf(node));
        return opened;
    }

    private void Forget(RoomRouter router)
    {
        _all.Remove(router);
        if (router.Node != home)
        {
            router.Node.RemoveRoom();
        }
        RoomMetrics.Routers.Add(-1, RoomMetrics.WorkerOf(router.Node));
    }

    private static partial class Log
    {
        [LoggerMessage(14, LogLevel.Information,
            "Room {RoomId} spreads to worker {Number}; it has {Routers} routers, the quietest other one sends {Consumers} streams.")]
        public static partial void Spread(ILogger logger, string roomId, int number, int routers, int consumers);

        [LoggerMessage(15, LogLevel.Warning, "Room {RoomId} did not spread to worker {Number}: {Reason}.")]
        public static partial void NotSpread(ILogger logger, string roomId, int number, RoomError reason);

        [LoggerMessage(16, LogLevel.Information, "Room {RoomId} gives back its router on worker {Number}; {Routers} are left.")]
        public static partial void Shrunk(ILogger logger, string roomId, int number, int routers);
    }
}
