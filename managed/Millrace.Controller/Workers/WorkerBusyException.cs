namespace Millrace.Controller;

/// <summary>Too many requests wait for the worker already; the request was not sent.</summary>
public sealed class WorkerBusyException(string message) : Exception(message);
