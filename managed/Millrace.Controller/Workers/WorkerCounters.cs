namespace Millrace.Controller;

/// <summary>What was counted on a worker's channel since its start.</summary>
/// <param name="Requests">Requests sent.</param>
/// <param name="Notifications">Notifications received.</param>
/// <param name="LateResponses">Responses to requests that nobody waits for: timed out, cancelled, unknown or answered twice.</param>
/// <param name="LateNotifications">Notifications for objects that have closed.</param>
/// <param name="CorruptFrames">Frames that could not be read.</param>
/// <param name="TimedOutRequests">Requests that were not answered in time.</param>
/// <param name="FailedHandlers">Event handlers of the host that threw.</param>
public sealed record WorkerCounters(
    long Requests,
    long Notifications,
    long LateResponses,
    long LateNotifications,
    long CorruptFrames,
    long TimedOutRequests,
    long FailedHandlers);
