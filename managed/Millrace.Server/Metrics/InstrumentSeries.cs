using System.Diagnostics.Metrics;
using System.Globalization;

namespace Millrace.Server.Metrics;

/// <summary>What one instrument has reported, by its labels.</summary>
internal sealed class InstrumentSeries
{
    // The label that the measurements of an observable histogram are told apart by; its instrument says so in a tag of this name.
    private const string HistogramTag = "histogram";
    private const string SumPart = "sum";

    // Seconds, from a tenth of a millisecond to ten.
    private static readonly double[] Bounds = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Instrument _instrument;
    private readonly MetricKind _kind;
    private readonly string? _bucketLabel;
    private readonly Dictionary<string, Series> _series = [];

    public InstrumentSeries(Instrument instrument)
    {
        _instrument = instrument;
        _kind = KindOf(instrument) ?? throw new ArgumentException("No such kind is exported.", nameof(instrument));
        _bucketLabel = BucketLabelOf(instrument);
    }

    /// <summary>What an instrument is exported as; null: not at all.</summary>
    public static MetricKind? KindOf(Instrument instrument)
    {
        string type = instrument.GetType().Name.Split('`')[0];
        return type switch
        {
            _ when BucketLabelOf(instrument) is not null => MetricKind.Histogram,
            nameof(Counter<>) or nameof(ObservableCounter<>) => MetricKind.Counter,
            nameof(UpDownCounter<>) or nameof(ObservableUpDownCounter<>) or nameof(ObservableGauge<>) or nameof(Gauge<>) => MetricKind.Gauge,
            nameof(Histogram<>) => MetricKind.Histogram,
            _ => null,
        };
    }

    /// <summary>Forgets what an observable instrument said last: it will say it all again.</summary>
    public void Begin()
    {
        if (_instrument.IsObservable)
        {
            _series.Clear();
        }
    }

    /// <summary>Takes one measurement.</summary>
    public void Take(KeyValuePair<string, string>[] labels, double value)
    {
        string? bound = null;
        if (_bucketLabel is not null)
        {
            bound = labels.FirstOrDefault(label => label.Key == _bucketLabel).Value;
            labels = [.. labels.Where(label => label.Key != _bucketLabel)];
        }
        string key = string.Join('\0', labels.Select(label => $"{label.Key}\0{label.Value}"));
        if (!_series.TryGetValue(key, out Series? series))
        {
            if (_series.Count == MetricRegister.SeriesMax)
            {
                return;
            }
            _series.Add(key, series = new Series(labels, _kind == MetricKind.Histogram && _bucketLabel is null));
        }
        series.Take(_instrument, value, bound);
    }

    public MetricFamily Family() => new(
        _instrument.Name,
        _instrument.Unit ?? string.Empty,
        _kind,
        _instrument.Description ?? string.Empty,
        [.. _series.Values.Select(series => series.Read())]);

    private static string? BucketLabelOf(Instrument instrument) =>
        instrument.Tags?.FirstOrDefault(tag => tag.Key == HistogramTag).Value as string;

    // The state of one set of labels.
    private sealed class Series(KeyValuePair<string, string>[] labels, bool counts)
    {
        private readonly List<(string Bound, double Count)> _told = [];
        private readonly double[] _counted = counts ? new double[Bounds.Length + 1] : [];
        private double _value;

        public void Take(Instrument instrument, double value, string? bound)
        {
            if (bound is not null && bound != SumPart)
            {
                _told.Add((bound, value));
                return;
            }
            if (counts)
            {
                int bucket = Array.FindIndex(Bounds, limit => value <= limit);
                _counted[bucket < 0 ? Bounds.Length : bucket]++;
            }
            // Observable instruments tell the whole, and a gauge the present; the others tell what is to be added.
            bool whole = instrument.IsObservable || instrument.GetType().Name.StartsWith(nameof(Gauge<>), StringComparison.Ordinal);
            _value = whole ? value : _value + value;
        }

        public MetricSeries Read() => new(labels, _value) { Buckets = counts ? Cumulative() : [.. _told] };

        private (string Bound, double Count)[] Cumulative()
        {
            double below = 0;
            return
            [
                .. _counted.Select((count, i) => (
                    i == Bounds.Length ? "+Inf" : Bounds[i].ToString(CultureInfo.InvariantCulture),
                    below += count)),
            ];
        }
    }
}
