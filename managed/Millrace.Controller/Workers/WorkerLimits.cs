namespace Millrace.Controller;

/// <summary>The bounds of everything that can grow on a worker's channel.</summary>
public static class WorkerLimits
{
    /// <summary>The largest frame with its length prefix; the contract's own number.</summary>
    public const int MaxFrameBytes = 8_388_608;

    /// <summary>Requests that wait for their answers; at a round trip of some microseconds this is a stuck worker.</summary>
    public const int MaxPendingRequests = 16_384;

    /// <summary>Frames that wait to be written; more than requests can wait, since timed-out ones stay written.</summary>
    public const int MaxQueuedFrames = 32_768;

    /// <summary>Bytes that wait to be written: eight of the largest frames.</summary>
    public const int MaxQueuedBytes = 8 * MaxFrameBytes;

    /// <summary>Unreadable frames after which the channel is given up: garbage is a symptom of worse.</summary>
    public const int MaxCorruptFrames = 16;

    /// <summary>Bytes gathered for one write to the worker; the size of a Linux pipe.</summary>
    public const int WriteBatchBytes = 65_536;

    /// <summary>How long the end of the process and the end of its channel are waited for, once one has come.</summary>
    public static readonly TimeSpan EndGrace = TimeSpan.FromMilliseconds(250);
}
