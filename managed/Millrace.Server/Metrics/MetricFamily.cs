namespace Millrace.Server.Metrics;

/// <summary>The kinds of metric that are exported (OpenMetrics 1.0, "Metric Types").</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One metric at one moment: what it is, and its series.</summary>
internal sealed record MetricFamily(string Name, string Unit, MetricKind Kind, string Help, IReadOnlyList<MetricSeries> Series);

/// <summary>The values of one set of labels. Of a histogram: the buckets, each with all below it, and the sum.</summary>
internal sealed record MetricSeries(IReadOnlyList<KeyValuePair<string, string>> Labels, double Value)
{
    /// <summary>Upper bounds as they are written, the last one <c>+Inf</c>, and what counts up to each.</summary>
    public IReadOnlyList<(string Bound, double Count)> Buckets { get; init; } = [];
}
