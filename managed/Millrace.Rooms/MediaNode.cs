using Microsoft.Extensions.Logging;
using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>
/// Keeps one worker alive: starts it, asks every second whether it still answers, and starts it again when it has died
/// or hangs. The rooms on it are told when it is gone and when a new one is ready.
/// </summary>
public sealed partial class MediaNode : IAsyncDisposable
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);
    private const int MissedHeartbeats = 3;
    // A node whose worker dies this often in this time says that it is not healthy.
    private const int DeathsOfAFailure = 5;
    private static readonly TimeSpan DeathsWindow = TimeSpan.FromSeconds(60);

    private readonly MediaNodeOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private volatile MediaSeat? _seat;
    // Written by the supervision alone; a reader sees one state of it as a whole.
    private volatile IReadOnlyList<long> _deaths = [];
    private Task _supervision = Task.CompletedTask;
    private int _rooms;

    private MediaNode(int number, MediaNodeOptions options, ILogger logger)
    {
        Number = number;
        _options = options;
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
    public bool IsReady => _seat is not null;

    /// <summary>False after five deaths within a minute, until the worker has lived for one.</summary>
    public bool IsHealthy => _deaths.Count(IsRecent) < DeathsOfAFailure;

    /// <summary>The id of the worker's process; null while there is none.</summary>
    public int? ProcessId => _seat?.Worker.ProcessId;

    internal MediaSeat? Seat => _seat;

    /// <summary>A room has come here.</summary>
    internal void AddRoom() => Interlocked.Increment(ref _rooms);

    /// <summary>A room is gone from here.</summary>
    internal void RemoveRoom() => Interlocked.Decrement(ref _rooms);

    /// <summary>Starts the first worker.</summary>
    /// <exception cref="Exception">It did not start: a wrong path, a port that is taken.</exception>
    public static async Task<MediaNode> StartAsync(
        int number, MediaNodeOptions options, ILogger logger, CancellationToken cancellationToken = default)
    {
        MediaNode node = new(number, options, logger);
        MediaSeat first = await node.SitAsync(cancellationToken).ConfigureAwait(false);
        node._supervision = node.SuperviseAsync(first);
        return node;
    }

    /// <summary>Ends the worker.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _supervision.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(MediaSeat first)
    {
        MediaSeat? seat = first;
        Backoff backoff = new();
        while (!_stopping.IsCancellationRequested)
        {
            if (seat is not null)
            {
                long started = _options.Worker.TimeProvider.GetTimestamp();
                await ServeAsync(seat).ConfigureAwait(false);
                backoff.Lived(_options.Worker.TimeProvider.GetElapsedTime(started));
            }

            seat = await RestartAsync(backoff.Next()).ConfigureAwait(false);
        }
        if (seat is not null)
        {
            await seat.Worker.DisposeAsync().ConfigureAwait(false);
        }
    }

    // From the moment when a worker is ready until it is gone.
    private async Task ServeAsync(MediaSeat seat)
    {
        TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        seat.Worker.Died += died => ended.TrySetResult(died.Reason);
        if (seat.Worker.IsClosed)
        {
            ended.TrySetResult("it ended at once");
        }

        _seat = seat;
        Log.WorkerReady(_logger, Number, seat.Worker.ProcessId);
        Ready?.Invoke();
        using CancellationTokenSource serving = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task<string> hanging = WatchHeartbeatAsync(seat.Worker, serving.Token);
        Task<string> first = await Task.WhenAny(ended.Task, hanging).ConfigureAwait(false);
        string reason = await first.ConfigureAwait(false);
        await serving.CancelAsync().ConfigureAwait(false);
        await hanging.ConfigureAwait(false);

        _seat = null;
        if (!_stopping.IsCancellationRequested)
        {
            Log.WorkerLost(_logger, Number, reason);
            RememberDeath();
            Lost?.Invoke();
        }
        await seat.Worker.DisposeAsync().ConfigureAwait(false);
    }

    // Ends when the worker has left several questions in a row unanswered, or when nobody cares any more.
    private async Task<string> WatchHeartbeatAsync(Worker worker, CancellationToken cancellationToken)
    {
        int missed = 0;
        using PeriodicTimer timer = new(HeartbeatInterval, _options.Worker.TimeProvider);
        try
        {
            while (missed < MissedHeartbeats && await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                missed = await AnswersAsync(worker, cancellationToken).ConfigureAwait(false) ? 0 : missed + 1;
            }
        }
        catch (OperationCanceledException)
        {
            return "the server stops";
        }
        return "it answers no more";
    }

    private async Task<bool> AnswersAsync(Worker worker, CancellationToken cancellationToken)
    {
        try
        {
            await worker.GetResourceUsageAsync(cancellationToken)
                .WaitAsync(HeartbeatInterval, _options.Worker.TimeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is instead of an answer: it must not end the supervision.
            return false;
        }
    }

    private async Task<MediaSeat?> RestartAsync(TimeSpan backoff)
    {
        try
        {
            await Task.Delay(backoff, _options.Worker.TimeProvider, _stopping.Token).ConfigureAwait(false);
            return await SitAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            // Whatever kept the worker from starting may pass: try again, later each time.
            RememberDeath();
            Log.WorkerNotStarted(_logger, Number, exception.Message);
            return null;
        }
    }

    private async Task<MediaSeat> SitAsync(CancellationToken cancellationToken)
    {
        Worker worker = await Worker.StartAsync(_options.Worker, cancellationToken).ConfigureAwait(false);
        try
        {
            WebRtcServer server = await worker.CreateWebRtcServerAsync(
                new WebRtcServerOptions { ListenInfos = [Listen(TransportProtocol.Udp), Listen(TransportProtocol.Tcp)] },
                cancellationToken).ConfigureAwait(false);
            return new MediaSeat(worker, server);
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private ListenInfo Listen(TransportProtocol protocol) => new()
    {
        Protocol = protocol,
        Ip = _options.Ip,
        AnnouncedAddress = _options.AnnouncedAddress,
        Port = _options.Port,
    };

    private void RememberDeath() =>
        _deaths = [.. _deaths.Where(IsRecent), _options.Worker.TimeProvider.GetTimestamp()];

    private bool IsRecent(long death) => _options.Worker.TimeProvider.GetElapsedTime(death) <= DeathsWindow;

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
