namespace Millrace.Interop;

/// <summary>A worker could not be started; the message says why in words an operator can act on.</summary>
public sealed class WorkerStartException : Exception
{
    /// <summary>Creates the exception with its reason.</summary>
    public WorkerStartException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its reason and what led to it.</summary>
    public WorkerStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
