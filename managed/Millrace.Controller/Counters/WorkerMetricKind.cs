namespace Millrace.Controller;

internal enum WorkerMetricKind
{
    Counter,
    Gauge,
    Histogram,
}
