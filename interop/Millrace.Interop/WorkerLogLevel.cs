namespace Millrace.Interop;

/// <summary>How severe a worker's log message must be to be sent; the values are those of the C header.</summary>
public enum WorkerLogLevel
{
    /// <summary>Everything.</summary>
    Debug = 0,

    /// <summary>Warnings and errors.</summary>
    Warn = 1,

    /// <summary>Errors.</summary>
    Error = 2,

    /// <summary>Nothing.</summary>
    None = 3,
}
