using Millrace.Controller.Rtp;

namespace Millrace.Controller;

/// <summary>What a consumer holds.</summary>
public sealed record ConsumerDump
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>How it is fed.</summary>
    public required RtpType Type { get; init; }

    /// <summary>The producer it consumes.</summary>
    public required string ProducerId { get; init; }

    /// <summary>Audio or video.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>How it is sent.</summary>
    public required RtpParameters RtpParameters { get; init; }

    /// <summary>The producer's streams as the router knows them.</summary>
    public required IReadOnlyList<RtpEncodingParameters> ConsumableRtpEncodings { get; init; }

    /// <summary>Payload types that are passed on.</summary>
    public required IReadOnlyList<int> SupportedCodecPayloadTypes { get; init; }

    /// <summary>What is traced.</summary>
    public required IReadOnlyList<TraceEventType> TraceEventTypes { get; init; }

    /// <summary>Whether it is paused itself.</summary>
    public required bool Paused { get; init; }

    /// <summary>Whether its producer is paused.</summary>
    public required bool ProducerPaused { get; init; }

    /// <summary>Its priority, 1 to 255.</summary>
    public required int Priority { get; init; }

    /// <summary>Its streams.</summary>
    public required IReadOnlyList<RtpStreamDump> RtpStreams { get; init; }

    /// <summary>The layers asked for.</summary>
    public ConsumerLayers? PreferredLayers { get; init; }

    /// <summary>The layers aimed at.</summary>
    public ConsumerLayers? TargetLayers { get; init; }

    /// <summary>The layers sent now.</summary>
    public ConsumerLayers? CurrentLayers { get; init; }
}
