namespace Millrace.Controller;

/// <summary>The worker refused a request.</summary>
public sealed class WorkerRequestException(WorkerError error, string method, string reason)
    : Exception($"{reason} ({method})")
{
    /// <summary>The kind of refusal.</summary>
    public WorkerError Error { get; } = error;

    /// <summary>What was asked for, such as <c>TRANSPORT_PRODUCE</c>.</summary>
    public string Method { get; } = method;

    /// <summary>The worker's own words.</summary>
    public string Reason { get; } = reason;
}
