namespace Millrace.Controller.Rtp;

/// <summary>A codec in use.</summary>
public sealed record RtpCodecParameters
{
    /// <summary>Such as <c>video/VP8</c>; case does not matter.</summary>
    public required string MimeType { get; init; }

    /// <summary>The payload type in RTP packets.</summary>
    public required int PayloadType { get; init; }

    /// <summary>RTP ticks in a second.</summary>
    public required int ClockRate { get; init; }

    /// <summary>Channels of audio; absent means one.</summary>
    public int? Channels { get; init; }

    /// <summary>Codec-specific parameters (<c>a=fmtp</c>), in their order.</summary>
    public OrderedDictionary<string, RtpParameterValue> Parameters { get; init => field = value ?? []; } = [];

    /// <summary>RTCP feedback in use.</summary>
    public IReadOnlyList<RtcpFeedback> RtcpFeedback { get; init => field = value ?? []; } = [];
}
