namespace Millrace.Controller;

/// <summary>What a worker holds.</summary>
public sealed record WorkerDump
{
    /// <summary>Its process id.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Its WebRTC servers.</summary>
    public required IReadOnlyList<string> WebRtcServerIds { get; init; }

    /// <summary>Its routers.</summary>
    public required IReadOnlyList<string> RouterIds { get; init; }

    /// <summary>Everything that takes requests.</summary>
    public required IReadOnlyList<string> ChannelRequestHandlers { get; init; }

    /// <summary>Everything that takes notifications.</summary>
    public required IReadOnlyList<string> ChannelNotificationHandlers { get; init; }
}
