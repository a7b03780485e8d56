using System.Diagnostics.Metrics;
using System.Globalization;

namespace Millrace.Controller;

/// <summary>
/// What the workers of one slot have counted, one after the other: counters begin at zero with each worker, and here they go on.
/// The poll writes, whoever listens reads one finished state.
/// </summary>
internal sealed class WorkerTally : IDisposable
{
    public const string WorkerLabel = "worker";

    private readonly WorkerSlot _slot;
    private readonly Dictionary<string, double> _ofLostWorkers = [];
    private Dictionary<string, double> _ofThisWorker = [];
    private Worker? _worker;
    private Worker? _silent;
    private volatile Dictionary<string, Measurement<double>[]> _state = [];
    private int _restarts;
    private long _answered;
    private long _failed;
    private long _unsupported;

    public WorkerTally(WorkerSlot slot)
    {
        _slot = slot;
        _slot.Ready += CountRestart;
    }

    public int Number => _slot.Number;

    public bool IsUp => _slot.IsReady;

    public int Restarts => Volatile.Read(ref _restarts);

    public IEnumerable<(string Result, long Count)> Polls =>
    [
        ("ok", Interlocked.Read(ref _answered)),
        ("failed", Interlocked.Read(ref _failed)),
        ("unsupported", Interlocked.Read(ref _unsupported)),
    ];

    /// <summary>The values of one metric as of the last answer; of a gauge nothing while no worker serves.</summary>
    public IEnumerable<Measurement<double>> Read(WorkerMetric metric) =>
        (metric.Kind != WorkerMetricKind.Gauge || IsUp) && _state.TryGetValue(metric.Name, out Measurement<double>[]? values) ? values : [];

    /// <summary>Asks the worker, if there is one that answers such questions.</summary>
    public async Task PollAsync(CancellationToken cancellationToken)
    {
        if (_slot.Worker is not { } worker || worker == _silent)
        {
            return;
        }
        try
        {
            MediaCounters media = await worker.GetCountersAsync(cancellationToken).ConfigureAwait(false);
            Take(worker, new WorkerReading(media, worker.Counters, _slot.Usage));
            Interlocked.Increment(ref _answered);
        }
        catch (NotSupportedException)
        {
            _silent = worker;
            Interlocked.Increment(ref _unsupported);
        }
        catch (Exception exception) when (exception is WorkerDiedException or WorkerProtocolException or WorkerBusyException
            or ObjectClosedException or TimeoutException)
        {
            // Its supervision notices too, and does something about it.
            Interlocked.Increment(ref _failed);
        }
    }

    public void Dispose() => _slot.Ready -= CountRestart;

    private void CountRestart(Worker worker) => Interlocked.Increment(ref _restarts);

    private void Take(Worker worker, WorkerReading reading)
    {
        if (worker != _worker)
        {
            foreach ((string series, double value) in _ofThisWorker)
            {
                _ofLostWorkers[series] = _ofLostWorkers.GetValueOrDefault(series) + value;
            }
            _ofThisWorker = [];
            _worker = worker;
        }
        Dictionary<string, Measurement<double>[]> state = [];
        foreach (WorkerMetric metric in WorkerMetricTable.All)
        {
            state[metric.Name] = metric.Kind == WorkerMetricKind.Gauge
                ? [.. metric.Read(reading).Select(one => new Measurement<double>(one.Value, Tags(metric, one.Labels)))]
                : Add(metric, reading);
        }
        _state = state;
    }

    // What this worker counted, on top of those before it; also what only those before it counted.
    private Measurement<double>[] Add(WorkerMetric metric, WorkerReading reading)
    {
        string prefix = metric.Name + '\0';
        foreach (WorkerMetricValue one in metric.Read(reading))
        {
            _ofThisWorker[prefix + string.Join('\0', one.Labels)] = one.Value;
        }
        return
        [
            .. _ofThisWorker.Keys.Union(_ofLostWorkers.Keys).Where(series => series.StartsWith(prefix, StringComparison.Ordinal))
                .Select(series => new Measurement<double>(
                    _ofThisWorker.GetValueOrDefault(series) + _ofLostWorkers.GetValueOrDefault(series),
                    Tags(metric, metric.Labels.Count == 0 ? [] : series[prefix.Length..].Split('\0')))),
        ];
    }

    private IEnumerable<KeyValuePair<string, object?>> Tags(WorkerMetric metric, IReadOnlyList<string> values) =>
    [
        KeyValuePair.Create(WorkerLabel, (object?)Number.ToString(CultureInfo.InvariantCulture)),
        .. metric.Labels.Zip(values, (name, value) => KeyValuePair.Create(name, (object?)value)),
    ];
}
