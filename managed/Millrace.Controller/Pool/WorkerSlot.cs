namespace Millrace.Controller;

/// <summary>
/// Keeps one worker alive: starts it, asks again and again whether it still answers, and starts another when it has died or
/// hangs, at once the first time and then ever later. What was made on a lost worker is gone; a new worker is empty.
/// </summary>
public sealed class WorkerSlot : IAsyncDisposable
{
    // A slot whose worker dies this often in this time says that it is not healthy.
    private const int DeathsOfAFailure = 5;
    private static readonly TimeSpan DeathsWindow = TimeSpan.FromSeconds(60);

    private readonly WorkerSlotOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private volatile Worker? _worker;
    // Written by the supervision alone; a reader sees one state of it as a whole.
    private volatile IReadOnlyList<long> _deaths = [];
    private double _processor;
    private volatile WorkerResourceUsage? _usage;
    private Task _supervision = Task.CompletedTask;

    private WorkerSlot(int number, WorkerSlotOptions options)
    {
        Number = number;
        _options = options;
    }

    /// <summary>A new worker serves; not raised for the first. Raised on any thread; must not block.</summary>
    public event Action<Worker>? Ready;

    /// <summary>The worker is gone, with everything on it, for the reason that is told. Raised on any thread; must not block.</summary>
    public event Action<string>? Lost;

    /// <summary>A worker could not be started; it is tried again. Raised on any thread; must not block.</summary>
    public event Action<Exception>? StartFailed;

    /// <summary>Its number in its pool, from 0.</summary>
    public int Number { get; }

    /// <summary>The worker that serves now; null while another is being started.</summary>
    public Worker? Worker => _worker;

    /// <summary>Whether a worker serves now.</summary>
    public bool IsReady => _worker is not null;

    /// <summary>False after five deaths within a minute, until a worker has lived for one.</summary>
    public bool IsHealthy => _deaths.Count(IsRecent) < DeathsOfAFailure;

    /// <summary>What the worker that serves now had used at its last heartbeat; null before the first.</summary>
    internal WorkerResourceUsage? Usage => _usage;

    private TimeProvider TimeProvider => _options.Worker.TimeProvider;

    /// <summary>Starts the first worker.</summary>
    /// <exception cref="Exception">It did not start: a wrong path, a port that is taken.</exception>
    public static async Task<WorkerSlot> StartAsync(
        int number, WorkerSlotOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        WorkerSlot slot = new(number, options);
        Worker first = await slot.StartWorkerAsync(cancellationToken).ConfigureAwait(false);
        slot._worker = first;
        slot._supervision = slot.SuperviseAsync(first);
        return slot;
    }

    /// <summary>How much the worker has to do; <see cref="double.PositiveInfinity"/> while there is none.</summary>
    public double LoadOf(WorkerLoad measure) => _worker is not { } worker ? double.PositiveInfinity : measure switch
    {
        WorkerLoad.Routers => worker.CountOf(Channel.EntityKind.Router),
        WorkerLoad.Transports => worker.CountOf(Channel.EntityKind.Transport),
        WorkerLoad.Consumers => worker.CountOf(Channel.EntityKind.Consumer),
        WorkerLoad.Processor => Volatile.Read(ref _processor),
        _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "The measure is not known."),
    };

    /// <summary>Ends the worker; no other is started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
        }
        await _supervision.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(Worker first)
    {
        Worker? worker = first;
        Backoff backoff = new();
        while (!_stopping.IsCancellationRequested)
        {
            if (worker is not null)
            {
                long started = TimeProvider.GetTimestamp();
                await ServeAsync(worker, isFirst: worker == first).ConfigureAwait(false);
                backoff.Lived(TimeProvider.GetElapsedTime(started));
            }
            worker = await RestartAsync(backoff.Next()).ConfigureAwait(false);
        }
        if (worker is not null)
        {
            await worker.DisposeAsync().ConfigureAwait(false);
        }
    }

    // From the moment when a worker is ready until it is gone.
    private async Task ServeAsync(Worker worker, bool isFirst)
    {
        TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Died += died => ended.TrySetResult(died.Reason);
        if (worker.IsClosed)
        {
            ended.TrySetResult("it ended at once");
        }

        _worker = worker;
        if (!isFirst)
        {
            Ready?.Invoke(worker);
        }
        using CancellationTokenSource serving = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task<string> hanging = WatchHeartbeatAsync(worker, serving.Token);
        Task<string> first = await Task.WhenAny(ended.Task, hanging).ConfigureAwait(false);
        string reason = await first.ConfigureAwait(false);
        await serving.CancelAsync().ConfigureAwait(false);
        await hanging.ConfigureAwait(false);

        _worker = null;
        _usage = null;
        if (!_stopping.IsCancellationRequested)
        {
            RememberDeath();
            Lost?.Invoke(reason);
        }
        await worker.DisposeAsync().ConfigureAwait(false);
    }

    // Ends when the worker has left several questions in a row unanswered, or when nobody cares any more.
    private async Task<string> WatchHeartbeatAsync(Worker worker, CancellationToken cancellationToken)
    {
        int missed = 0;
        ulong? used = null;
        long asked = TimeProvider.GetTimestamp();
        using PeriodicTimer timer = new(_options.HeartbeatInterval, TimeProvider);
        try
        {
            while (missed < _options.MissedHeartbeats && await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if (await AskAsync(worker, cancellationToken).ConfigureAwait(false) is not { } usage)
                {
                    missed++;
                    continue;
                }
                missed = 0;
                _usage = usage;
                ulong total = usage.UserTime + usage.SystemTime;
                // Nothing is known of what a worker did before it was first asked.
                Volatile.Write(ref _processor, (total - (used ?? total)) / Math.Max(1, TimeProvider.GetElapsedTime(asked).TotalMilliseconds));
                (used, asked) = (total, TimeProvider.GetTimestamp());
            }
        }
        catch (OperationCanceledException)
        {
            return "nobody wants it any more";
        }
        return "it answers no more";
    }

    private async Task<WorkerResourceUsage?> AskAsync(Worker worker, CancellationToken cancellationToken)
    {
        try
        {
            return await worker.GetResourceUsageAsync(cancellationToken)
                .WaitAsync(_options.HeartbeatInterval, TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is instead of an answer: it must not end the supervision.
            return null;
        }
    }

    private async Task<Worker?> RestartAsync(TimeSpan backoff)
    {
        try
        {
            await Task.Delay(backoff, TimeProvider, _stopping.Token).ConfigureAwait(false);
            return await StartWorkerAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            // Whatever kept the worker from starting may pass: try again, later each time.
            RememberDeath();
            StartFailed?.Invoke(exception);
            return null;
        }
    }

    private async Task<Worker> StartWorkerAsync(CancellationToken cancellationToken)
    {
        Worker worker = await Controller.Worker.StartAsync(_options.Worker, cancellationToken).ConfigureAwait(false);
        try
        {
            if (_options.Prepare is { } prepare)
            {
                await prepare(worker, cancellationToken).ConfigureAwait(false);
            }
            return worker;
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void RememberDeath() => _deaths = [.. _deaths.Where(IsRecent), TimeProvider.GetTimestamp()];

    private bool IsRecent(long death) => TimeProvider.GetElapsedTime(death) <= DeathsWindow;
}
