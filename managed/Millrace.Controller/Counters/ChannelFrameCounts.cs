namespace Millrace.Controller;

/// <summary>Frames of the channel since the worker's start, as the worker saw them.</summary>
public sealed record ChannelFrameCounts
{
    /// <summary>Requests.</summary>
    public ulong Requests { get; init; }

    /// <summary>Requests that were answered with an error.</summary>
    public ulong RequestsRefused { get; init; }

    /// <summary>Notifications to the worker.</summary>
    public ulong NotificationsReceived { get; init; }

    /// <summary>Notifications to the worker that it ignored.</summary>
    public ulong NotificationsRefused { get; init; }

    /// <summary>Frames that were no message.</summary>
    public ulong Unreadable { get; init; }

    /// <summary>Notifications of the worker.</summary>
    public ulong NotificationsSent { get; init; }

    /// <summary>Lines of its log.</summary>
    public ulong LogLinesSent { get; init; }
}
