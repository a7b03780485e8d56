using System.Diagnostics.Metrics;
using System.Globalization;

namespace Millrace.Server.Metrics;

/// <summary>
/// Listens to the meters that are exported, adds up what their instruments report, and asks the observable ones when somebody
/// wants to see. Holds at most <see cref="SeriesMax"/> series of one instrument: what a label could make of it, its names cannot.
/// </summary>
internal sealed class MetricRegister : IDisposable
{
    public const int SeriesMax = 2_000;

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    // In the order in which they were published.
    private readonly OrderedDictionary<Instrument, InstrumentSeries> _instruments = [];

    /// <summary>Listens from now on; what was reported before is not known.</summary>
    public MetricRegister(IReadOnlySet<string> meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter.Name) && InstrumentSeries.KindOf(instrument) is not null)
            {
                lock (_gate)
                {
                    _instruments.TryAdd(instrument, new InstrumentSeries(instrument));
                }
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.MeasurementsCompleted = (instrument, _) =>
        {
            lock (_gate)
            {
                _instruments.Remove(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<short>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, _) => Take(instrument, (double)value, tags));
        _listener.Start();
    }

    /// <summary>All metrics as they are now.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        lock (_gate)
        {
            foreach (InstrumentSeries series in _instruments.Values)
            {
                series.Begin();
            }
            // Calls Take, on this thread, for each value of each observable instrument.
            _listener.RecordObservableInstruments();
            return [.. _instruments.Values.Select(series => series.Family())];
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        KeyValuePair<string, string>[] labels = new KeyValuePair<string, string>[tags.Length];
        for (int i = 0; i < tags.Length; i++)
        {
            labels[i] = KeyValuePair.Create(tags[i].Key, Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? string.Empty);
        }
        lock (_gate)
        {
            if (_instruments.TryGetValue(instrument, out InstrumentSeries? series))
            {
                series.Take(labels, value);
            }
        }
    }
}
