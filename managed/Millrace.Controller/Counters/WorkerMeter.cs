using System.Diagnostics.Metrics;
using System.Globalization;

namespace Millrace.Controller;

/// <summary>
/// Shows what workers count to whoever listens to the meter <see cref="MeterName"/>: it asks each worker every few seconds, one
/// question at a time, and keeps the answer for the instruments. Counters go on where a lost worker left them; what it counted
/// after the last question is lost with it.
/// </summary>
public sealed class WorkerMeter : IAsyncDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Millrace.Controller";

    private readonly Meter _meter = new(MeterName);
    private readonly CancellationTokenSource _stopping = new();
    private readonly IReadOnlyList<WorkerTally> _tallies;
    private readonly Task _polling;

    private WorkerMeter(IReadOnlyList<WorkerSlot> slots, TimeSpan interval, TimeProvider time)
    {
        _tallies = [.. slots.Select(slot => new WorkerTally(slot))];
        foreach (WorkerMetric metric in WorkerMetricTable.All)
        {
            Publish(metric);
        }
        _meter.CreateObservableGauge(
            "millrace.worker.up", () => _tallies.Select(tally => Of(tally, tally.IsUp ? 1 : 0)), "1", "1 while the worker serves, 0 while there is none.");
        _meter.CreateObservableCounter(
            "millrace.worker.restarts", () => _tallies.Select(tally => Of(tally, tally.Restarts)), "{restart}", "Workers that took the place of a lost one.");
        _meter.CreateObservableCounter(
            "millrace.worker.polls",
            () => _tallies.SelectMany(tally => tally.Polls.Select(poll => Of(tally, poll.Count, KeyValuePair.Create("result", (object?)poll.Result)))),
            "{poll}",
            "Times the worker was asked what it counts, by result: ok, failed, or unsupported by a worker that is not ours.");
        _polling = Task.WhenAll(_tallies.Select(tally => PollAsync(tally, interval, time)));
    }

    /// <summary>Begins to ask. The slots may end before it.</summary>
    /// <param name="slots">The workers.</param>
    /// <param name="interval">How often each is asked.</param>
    /// <param name="time">The clock.</param>
    public static WorkerMeter Start(IReadOnlyList<WorkerSlot> slots, TimeSpan interval, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(slots);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return new WorkerMeter(slots, interval, time);
    }

    /// <summary>Asks no more, and takes the instruments back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _polling.ConfigureAwait(false);
        foreach (WorkerTally tally in _tallies)
        {
            tally.Dispose();
        }
        _meter.Dispose();
        _stopping.Dispose();
    }

    private static Measurement<long> Of(WorkerTally tally, long value, params KeyValuePair<string, object?>[] more) =>
        new(value, [KeyValuePair.Create(WorkerTally.WorkerLabel, (object?)tally.Number.ToString(CultureInfo.InvariantCulture)), .. more]);

    private void Publish(WorkerMetric metric)
    {
        IEnumerable<Measurement<double>> Observe() => _tallies.SelectMany(tally => tally.Read(metric));
        switch (metric.Kind)
        {
            case WorkerMetricKind.Counter:
                _meter.CreateObservableCounter(metric.Name, Observe, metric.Unit, metric.Meaning);
                break;
            case WorkerMetricKind.Gauge:
                _meter.CreateObservableGauge(metric.Name, Observe, metric.Unit, metric.Meaning);
                break;
            case WorkerMetricKind.Histogram:
                // There is no observable histogram: its buckets are a counter whose measurements say up to which size they count.
                _meter.CreateObservableCounter(metric.Name, Observe, metric.Unit, metric.Meaning, WorkerMetric.HistogramTags);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(metric), metric.Kind, "The kind is not known.");
        }
    }

    private async Task PollAsync(WorkerTally tally, TimeSpan interval, TimeProvider time)
    {
        using PeriodicTimer timer = new(interval, time);
        try
        {
            do
            {
                await tally.PollAsync(_stopping.Token).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }
}
