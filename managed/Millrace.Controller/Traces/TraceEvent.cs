namespace Millrace.Controller;

/// <summary>Something that was traced.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Timestamp">When, in milliseconds of the worker's monotonic clock.</param>
/// <param name="Direction">Received or sent.</param>
/// <param name="Detail">More about it, where there is more.</param>
public sealed record TraceEvent(TraceEventType Type, ulong Timestamp, TraceDirection Direction, TraceDetail? Detail);
