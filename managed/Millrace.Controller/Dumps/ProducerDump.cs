using Millrace.Controller.Rtp;

namespace Millrace.Controller;

/// <summary>What a producer holds.</summary>
public sealed record ProducerDump
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Audio or video.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>How many versions of the media it sends.</summary>
    public required RtpType Type { get; init; }

    /// <summary>How it is sent.</summary>
    public required RtpParameters RtpParameters { get; init; }

    /// <summary>How the worker renumbers it.</summary>
    public required RtpMapping RtpMapping { get; init; }

    /// <summary>Its streams.</summary>
    public required IReadOnlyList<RtpStreamDump> RtpStreams { get; init; }

    /// <summary>What is traced.</summary>
    public required IReadOnlyList<TraceEventType> TraceEventTypes { get; init; }

    /// <summary>Whether it is paused.</summary>
    public required bool Paused { get; init; }
}
