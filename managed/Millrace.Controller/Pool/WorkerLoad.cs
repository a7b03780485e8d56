namespace Millrace.Controller;

/// <summary>By what the workers of a pool are compared.</summary>
public enum WorkerLoad
{
    /// <summary>Routers that are open.</summary>
    Routers,

    /// <summary>Transports that are open.</summary>
    Transports,

    /// <summary>Consumers that are open: what costs a worker most.</summary>
    Consumers,

    /// <summary>The share of one core that was used between the last two heartbeats.</summary>
    Processor,
}
