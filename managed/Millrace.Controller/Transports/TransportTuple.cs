namespace Millrace.Controller;

/// <summary>The two ends of a transport.</summary>
public sealed record TransportTuple
{
    /// <summary>The own address, as announced.</summary>
    public required string LocalAddress { get; init; }

    /// <summary>The own port.</summary>
    public required int LocalPort { get; init; }

    /// <summary>The peer's address, once known.</summary>
    public string? RemoteIp { get; init; }

    /// <summary>The peer's port, once known.</summary>
    public int? RemotePort { get; init; }

    /// <summary>UDP or TCP.</summary>
    public TransportProtocol Protocol { get; init; }
}
