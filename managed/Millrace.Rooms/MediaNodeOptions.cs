using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>How one worker is started and where it listens.</summary>
public sealed record MediaNodeOptions
{
    /// <summary>The worker's program or library, its log and its clock.</summary>
    public WorkerOptions Worker { get; init; } = new();

    /// <summary>The address that media sockets bind.</summary>
    public string Ip { get; init; } = "127.0.0.1";

    /// <summary>The address that clients are told instead; null when it is the bound one.</summary>
    public string? AnnouncedAddress { get; init; }

    /// <summary>The one UDP and TCP port of the worker; 0 lets the worker choose.</summary>
    public int Port { get; init; }
}
