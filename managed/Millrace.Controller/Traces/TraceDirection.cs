namespace Millrace.Controller;

/// <summary>Which way the traced thing went, as the worker sees it.</summary>
public enum TraceDirection
{
    /// <summary>It was received.</summary>
    In,

    /// <summary>It was sent.</summary>
    Out,
}
