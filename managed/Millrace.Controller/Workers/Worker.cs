using Millrace.Controller.Channel;
using Millrace.Controller.Rtp;
using Millrace.Controller.Wire;
using Millrace.Interop;

namespace Millrace.Controller;

/// <summary>
/// A running media worker: it makes routers and WebRTC servers. When the worker ends by itself every request that
/// waits for it fails with a <see cref="WorkerDiedException"/>, everything made from it closes, and
/// <see cref="Died"/> is raised once; nothing ever waits for a dead worker.
/// </summary>
/// <remarks>
/// Events of a worker and of everything made from it are raised one after the other, in the order in which the worker
/// sent them, on the channel's reading loop; a handler must not block it. Events that a CloseAsync causes are raised on
/// its caller's thread. All methods may be called from any thread.
/// </remarks>
public sealed class Worker : IAsyncDisposable
{
    private readonly IWorkerHost _host;
    private readonly WorkerChannel _channel;
    private readonly WorkerOptions _options;
    private readonly Entity _entity;
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _watch = Task.CompletedTask;
    private int _closing;

    private Worker(IWorkerHost host, WorkerOptions options)
    {
        _host = host;
        _options = options;
        AppData = options.AppData;
        _channel = new WorkerChannel(host.Channel, options.TimeProvider, options.RequestTimeout)
        {
            Running = () => _running.TrySetResult(),
            Logged = log => Logged?.Invoke(log),
            HandlerFailed = exception => HandlerFailed?.Invoke(exception),
        };
        _entity = new Entity(EntityKind.Worker, string.Empty, _channel, parent: null)
        {
            Closed = reason => Closed?.Invoke(reason),
        };
        _channel.Entities.TryAdd(_entity);
    }

    /// <summary>The worker ended by itself, or its channel broke; everything made from it has closed by now.</summary>
    public event Action<WorkerDied>? Died;

    /// <summary>The worker has closed, whichever way.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>A router has been made; raised before the call that made it returns.</summary>
    public event Action<Router>? RouterCreated;

    /// <summary>A WebRTC server has been made; raised before the call that made it returns.</summary>
    public event Action<WebRtcServer>? WebRtcServerCreated;

    /// <summary>The worker wrote to its log.</summary>
    public event Action<WorkerLog>? Logged;

    /// <summary>A handler of one of this worker's events, or of events of what it made, has thrown.</summary>
    public event Action<Exception>? HandlerFailed;

    /// <summary>The process the worker runs in.</summary>
    public int ProcessId => _host.ProcessId;

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => _entity.IsClosed;

    /// <summary>What was counted on its channel.</summary>
    public WorkerCounters Counters => _channel.Counters;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; set; }

    /// <summary>Starts a worker and waits until it runs.</summary>
    /// <exception cref="WorkerStartException">It could not be started, or ended at once.</exception>
    /// <exception cref="TimeoutException">It did not say in time that it runs.</exception>
    public static async Task<Worker> StartAsync(WorkerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        IWorkerHost host = await WorkerHosting.StartAsync(options, cancellationToken).ConfigureAwait(false);
        return await StartAsync(host, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes over a worker that was started in some other way, and waits until it runs.</summary>
    /// <exception cref="WorkerStartException">It ended at once.</exception>
    /// <exception cref="TimeoutException">It did not say in time that it runs.</exception>
    public static async Task<Worker> StartAsync(
        IWorkerHost host, WorkerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        Worker worker = new(host, options);
        worker._watch = worker.WatchAsync();
        try
        {
            Task first = await Task.WhenAny(worker._running.Task, worker._watch)
                .WaitAsync(options.StartTimeout, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            if (first == worker._running.Task)
            {
                return worker;
            }
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        await worker.DisposeAsync().ConfigureAwait(false);
        WorkerExit exit = await host.Exited.ConfigureAwait(false);
        throw new WorkerStartException($"The worker ended before it ran: {exit}.");
    }

    /// <summary>Makes a router for the given codecs.</summary>
    /// <exception cref="RtpException">A codec is not supported or makes no sense.</exception>
    public Task<Router> CreateRouterAsync(RouterOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        RtpCapabilities capabilities = RouterCapabilities.Create(options.MediaCodecs);
        string id = _options.NewId();
        return _entity.CreateAsync(
            WorkerRequests.CreateRouter(id),
            WorkerRequests.CloseRouter(id),
            _ => Announce(new Router(id, _entity, _options, capabilities, options.AppData), RouterCreated),
            cancellationToken);
    }

    /// <summary>Opens sockets that many WebRTC transports share.</summary>
    public Task<WebRtcServer> CreateWebRtcServerAsync(
        WebRtcServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ListenInfos.Count == 0)
        {
            throw new ArgumentException("A WebRTC server needs at least one socket.", nameof(options));
        }
        string id = _options.NewId();
        return _entity.CreateAsync(
            WorkerRequests.CreateWebRtcServer(id, options.ListenInfos),
            WorkerRequests.CloseWebRtcServer(id),
            _ => Announce(new WebRtcServer(id, _entity, options.AppData), WebRtcServerCreated),
            cancellationToken);
    }

    /// <summary>How many of a kind are open.</summary>
    internal int CountOf(EntityKind kind) => _channel.Entities.CountOf(kind);

    /// <summary>Asks the worker what it holds.</summary>
    public Task<WorkerDump> DumpAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.DumpWorker(), cancellationToken);

    /// <summary>Asks the worker what it has used so far.</summary>
    public Task<WorkerResourceUsage> GetResourceUsageAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.GetResourceUsage(), cancellationToken);

    /// <summary>Asks the worker what it has counted so far; what its channel counted here is <see cref="Counters"/>.</summary>
    /// <exception cref="NotSupportedException">It does not count: it is another worker than ours, which goes on all the same.</exception>
    public async Task<MediaCounters> GetCountersAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _entity.RequestAsync(WorkerRequests.GetCounters(), cancellationToken).ConfigureAwait(false);
        }
        catch (WorkerRequestException refused)
        {
            // The request has no argument that could be wrong, so whoever refuses it does not know it.
            throw new NotSupportedException($"The worker does not tell what it counts: {refused.Reason}", refused);
        }
    }

    /// <summary>Changes what the worker logs; null leaves a setting as it is.</summary>
    public Task UpdateSettingsAsync(
        WorkerLogLevel? logLevel, WorkerLogTags? logTags, CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(WorkerRequests.UpdateSettings(logLevel, logTags), cancellationToken);

    /// <summary>Closes everything made from the worker, tells it to end and waits for it; by force in the end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0)
        {
            await _disposed.Task.ConfigureAwait(false);
            return;
        }
        _channel.Entities.Close(_entity, CloseReason.Closed);
        _channel.Stop();
        await _host.DisposeAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        await _channel.DisposeAsync().ConfigureAwait(false);
        _disposed.SetResult();
    }

    private T Announce<T>(T created, Action<T>? happening)
    {
        _channel.Guard(() => happening?.Invoke(created));
        return created;
    }

    // Waits for the worker's end, of whichever kind comes first, and tells everybody.
    private async Task WatchAsync()
    {
        Task<string> reading = _channel.RunAsync();
        await Task.WhenAny(reading, _host.Exited).ConfigureAwait(false);
        // The other one follows at once, unless the worker has only lost its voice.
        await Task.WhenAny(Task.WhenAll(reading, _host.Exited), Task.Delay(WorkerLimits.EndGrace, _options.TimeProvider))
            .ConfigureAwait(false);
        _channel.CancelReading();
        string ending = await reading.ConfigureAwait(false);
        WorkerExit? exit = _host.Exited.IsCompleted ? await _host.Exited.ConfigureAwait(false) : null;
        WorkerDied died = new(exit is null ? ending : $"{ending}; {exit}", exit);
        bool unexpected = Interlocked.CompareExchange(ref _closing, 1, 0) == 0;
        _channel.Fail(died);
        if (!unexpected)
        {
            return;
        }
        _channel.Guard(() => Died?.Invoke(died));
        await _host.DisposeAsync().ConfigureAwait(false);
        await _channel.DisposeAsync().ConfigureAwait(false);
        _disposed.SetResult();
    }
}
