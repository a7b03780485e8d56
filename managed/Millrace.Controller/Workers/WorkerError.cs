namespace Millrace.Controller;

/// <summary>The kinds of refusal a worker knows.</summary>
public enum WorkerError
{
    /// <summary>The request cannot be carried out.</summary>
    Error,

    /// <summary>The request makes no sense as it was written.</summary>
    TypeError,

    /// <summary>The router, transport, producer, consumer or observer it names does not exist.</summary>
    NotFound,
}
