namespace Millrace.Controller.Tests.Reference;

/// <summary>A page of the reference: which types it tells about, and what they have in common.</summary>
/// <param name="File">Its file in docs/reference.</param>
/// <param name="Title">Its heading.</param>
/// <param name="About">A sentence on what is found here.</param>
/// <param name="Holds">Whether a type belongs here; the first page that wants it gets it.</param>
internal sealed record ReferenceGroup(string File, string Title, string About, Func<Type, bool> Holds)
{
    /// <summary>All pages. The last takes what no other wants, so a new type is never lost.</summary>
    public static IReadOnlyList<ReferenceGroup> All { get; } =
    [
        new("rtp.md", "RTP parameters", "What clients and routers say about media: codecs, encodings, header extensions.",
            type => type.Namespace == "Millrace.Controller.Rtp" && !IsFailure(type)),
        new("failures.md", "Failures and closing", "How calls fail, and why things close.",
            type => IsFailure(type) || type.Name is "CloseReason" or "WorkerError"),
        new("dumps.md", "Dumps", "What the worker holds, as it tells itself; for looking, not for deciding.",
            type => Outer(type).Name.Contains("Dump", StringComparison.Ordinal) || type.Name == "IpPort"),
        new("counters.md", "Counters", "What a worker of ours counts, for whoever watches it; docs/OPERATIONS.md says what to look for.",
            type => type.Name is "MediaCounters" or "WorkerMeter" or "MediaTraffic" or "PacketCount" or "ConnectionCounts" or "ChannelFrameCounts"
                or "BatchSizes" or "SizeHistogram" or "ObjectCounts" or "BandwidthEstimates"),
        new("stats.md", "Statistics", "What the worker counts. Times are milliseconds of its monotonic clock.",
            type => Outer(type).Name.EndsWith("Stats", StringComparison.Ordinal) || type.Name == "WorkerResourceUsage"),
        new("trace.md", "Traces", "Single packets and decisions, told as they happen.",
            type => Outer(type).Name.StartsWith("Trace", StringComparison.Ordinal)),
        new("worker.md", "Workers", "Starting workers, one or a pool, and what they say of themselves.",
            type => type.Name.Contains("Worker", StringComparison.Ordinal)),
        new("router.md", "Routers and servers", "What passes media on, and the sockets that transports share.",
            type => StartsWith(type, "Router", "WebRtcServer", "PipeToRouter")),
        new("observers.md", "Observers", "Who is loud, and who speaks.",
            type => StartsWith(type, "AudioLevel", "ActiveSpeaker", "DominantSpeaker", "RtpObserver")),
        new("data.md", "Data", "Messages beside the media: SCTP, data producers and data consumers.",
            type => StartsWith(type, "Data", "Sctp", "DirectMessage", "NumSctp")),
        new("media.md", "Producers and consumers", "Media that comes in and media that goes out.",
            type => StartsWith(type, "Producer", "Consumer", "VideoOrientation")),
        new("transports.md", "Transports", "The ways between a router and its peers, and what they are described by.",
            _ => true),
    ];

    private static bool IsFailure(Type type) => type.IsAssignableTo(typeof(Exception));

    private static bool StartsWith(Type type, params string[] starts) =>
        starts.Any(start => Outer(type).Name.StartsWith(start, StringComparison.Ordinal));

    private static Type Outer(Type type) => type.DeclaringType is { } outer ? Outer(outer) : type;
}
