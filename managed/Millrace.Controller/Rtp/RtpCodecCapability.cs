namespace Millrace.Controller.Rtp;

/// <summary>
/// A codec that a router or a client can receive; also what a router is made from, where
/// <see cref="PreferredPayloadType"/> and <see cref="RtcpFeedback"/> may be left out.
/// </summary>
public sealed record RtpCodecCapability
{
    /// <summary>Audio or video.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>Such as <c>audio/opus</c>; case does not matter.</summary>
    public required string MimeType { get; init; }

    /// <summary>The payload type the router uses for it; a router picks a free one when it is absent.</summary>
    public int? PreferredPayloadType { get; init; }

    /// <summary>RTP ticks in a second.</summary>
    public required int ClockRate { get; init; }

    /// <summary>Channels of audio; absent means one.</summary>
    public int? Channels { get; init; }

    /// <summary>Codec-specific parameters (<c>a=fmtp</c>), in their order.</summary>
    public OrderedDictionary<string, RtpParameterValue> Parameters { get; init => field = value ?? []; } = [];

    /// <summary>RTCP feedback it understands.</summary>
    public IReadOnlyList<RtcpFeedback> RtcpFeedback { get; init => field = value ?? []; } = [];
}
