using Microsoft.Extensions.Logging;
using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>
/// One worker of the server, which a <see cref="WorkerSlot"/> keeps alive, and the sockets that all transports on it share. The
/// rooms on it are told when it is gone and when a new one is ready.
/// </summary>
public sealed partial class MediaNode : IAsyncDisposable
{
    private readonly ILogger _logger;
    private WorkerSlot _slot = null!;
    private volatile MediaSeat? _seat;
    private int _rooms;

    private MediaNode(int number, ILogger logger)
    {
        Number = number;
        _logger = logger;
    }

    /// <summary>The worker is gone, and with it every transport on it. Raised on any thread.</summary>
    public event Action? Lost;

    /// <summary>A new worker serves. Raised on any thread.</summary>
    public event Action? Ready;

    /// <summary>Counts the nodes of a server from 0.</summary>
    public int Number { get; }

    /// <summary>Rooms that were placed here, and rooms that have spread to here.</summary>
    public int Rooms => Volatile.Read(ref _rooms);

    /// <summary>Whether a worker serves now.</summary>
    public bool IsReady => Seat is not null;

    /// <summary>False after five deaths within a minute, until the worker has lived for one.</summary>
    public bool IsHealthy => _slot.IsHealthy;

    /// <summary>The id of the worker's process; null while there is none.</summary>
    public int? ProcessId => Seat?.Worker.ProcessId;

    /// <summary>What keeps the worker alive.</summary>
    internal WorkerSlot Slot => _slot;

    /// <summary>The worker that serves now, and its sockets; what is being prepared does not count.</summary>
    internal MediaSeat? Seat => _seat is { } seat && seat.Worker == _slot.Worker ? seat : null;

    /// <summary>Starts the first worker.</summary>
    /// <exception cref="Exception">It did not start: a wrong path, a port that is taken.</exception>
    public static async Task<MediaNode> StartAsync(
        int number, MediaNodeOptions options, ILogger logger, CancellationToken cancellationToken = default)
    {
        MediaNode node = new(number, logger);
        WorkerSlotOptions slot = new()
        {
            Worker = options.Worker,
            Prepare = async (worker, cancelled) => node._seat = await SitAsync(worker, options, cancelled).ConfigureAwait(false),
        };
        node._slot = await WorkerSlot.StartAsync(number, slot, cancellationToken).ConfigureAwait(false);
        Log.WorkerReady(logger, number, node._seat!.Worker.ProcessId);
        node.Watch();
        return node;
    }

    /// <summary>Ends the worker.</summary>
    public ValueTask DisposeAsync() => _slot.DisposeAsync();

    /// <summary>A room has come here.</summary>
    internal void AddRoom() => Interlocked.Increment(ref _rooms);

    /// <summary>A room is gone from here.</summary>
    internal void RemoveRoom() => Interlocked.Decrement(ref _rooms);

    private static async Task<MediaSeat> SitAsync(Worker worker, MediaNodeOptions options, CancellationToken cancellationToken)
    {
        ListenInfo Listen(TransportProtocol protocol) => new()
        {
            Protocol = protocol,
            Ip = options.Ip,
            AnnouncedAddress = options.AnnouncedAddress,
            Port = options.Port,
        };
        WebRtcServer server = await worker.CreateWebRtcServerAsync(
            new WebRtcServerOptions { ListenInfos = [Listen(TransportProtocol.Udp), Listen(TransportProtocol.Tcp)] },
            cancellationToken).ConfigureAwait(false);
        return new MediaSeat(worker, server);
    }

    private void Watch()
    {
        _slot.Ready += worker =>
        {
            Log.WorkerReady(_logger, Number, worker.ProcessId);
            Ready?.Invoke();
        };
        _slot.Lost += reason =>
        {
            Log.WorkerLost(_logger, Number, reason);
            Lost?.Invoke();
        };
        _slot.StartFailed += exception => Log.WorkerNotStarted(_logger, Number, exception.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Media worker {Number} is ready, process {ProcessId}.")]
        public static partial void WorkerReady(ILogger logger, int number, int processId);

        [LoggerMessage(2, LogLevel.Error, "Media worker {Number} is lost: {Reason}.")]
        public static partial void WorkerLost(ILogger logger, int number, string reason);

        [LoggerMessage(3, LogLevel.Error, "Media worker {Number} did not start: {Reason}")]
        public static partial void WorkerNotStarted(ILogger logger, int number, string reason);
    }
}
