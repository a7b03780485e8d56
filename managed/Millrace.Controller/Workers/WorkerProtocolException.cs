namespace Millrace.Controller;

/// <summary>The worker answered something that cannot be read.</summary>
public sealed class WorkerProtocolException(string message, Exception? inner = null) : Exception(message, inner);
