namespace Millrace.Controller;

/// <summary>How large the batches of the worker's event loop were since its start.</summary>
public sealed record BatchSizes
{
    /// <summary>Datagrams that one call into the kernel brought.</summary>
    public SizeHistogram Receive { get; init; } = new();

    /// <summary>Datagrams that one call into the kernel took.</summary>
    public SizeHistogram Send { get; init; } = new();

    /// <summary>Datagrams that left as one segmented send.</summary>
    public SizeHistogram Segments { get; init; } = new();

    /// <summary>Microseconds from waking up until everything was sent.</summary>
    public SizeHistogram TickMicroseconds { get; init; } = new();
}
