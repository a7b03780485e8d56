namespace Millrace.Controller;

/// <summary>One figure of a worker: its name, unit and meaning, the labels it is told apart by, and where it is read.</summary>
/// <param name="Name">Its name as an instrument.</param>
/// <param name="Unit">Its unit in UCUM's words.</param>
/// <param name="Kind">Whether it grows, moves, or tells sizes.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Labels">Names of its labels, besides the worker's number.</param>
/// <param name="Read">Its values in an answer of the worker.</param>
internal sealed record WorkerMetric(
    string Name,
    string Unit,
    WorkerMetricKind Kind,
    string Meaning,
    IReadOnlyList<string> Labels,
    Func<WorkerReading, IEnumerable<WorkerMetricValue>> Read)
{
    /// <summary>The label that says up to which size a bucket of a histogram counts; "sum" stands beside the buckets.</summary>
    public const string BucketLabel = "le";

    /// <summary>What marks the instrument of a histogram.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> HistogramTags { get; } = [KeyValuePair.Create("histogram", (object?)BucketLabel)];
}

/// <summary>What one poll brought.</summary>
internal sealed record WorkerReading(MediaCounters Media, WorkerCounters Channel, WorkerResourceUsage? Usage);

/// <summary>One value and its labels' values, in the order of the metric's labels.</summary>
internal readonly record struct WorkerMetricValue(double Value, params string[] Labels);
