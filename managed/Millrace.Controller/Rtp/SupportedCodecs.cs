namespace Millrace.Controller.Rtp;

/// <summary>The codecs a worker can route, with the feedback it understands for each.</summary>
internal static class SupportedCodecs
{
    private const int VideoClockRate = 90_000;

    private static readonly RtcpFeedback[] OpusFeedback = [new("nack", ""), new("transport-cc", "")];

    private static readonly RtcpFeedback[] TelephonyFeedback = [new("transport-cc", "")];

    private static readonly RtcpFeedback[] VideoFeedback =
        [new("nack", ""), new("nack", "pli"), new("ccm", "fir"), new("goog-remb", ""), new("transport-cc", "")];

    public static IReadOnlyList<RtpCodecCapability> All { get; } =
    [
        Audio("audio/opus", 48_000, 2, OpusFeedback),
        Multiopus(4, "0,1,2,3", streams: 2, coupled: 2),
        Multiopus(6, "0,4,1,2,3,5", streams: 4, coupled: 2),
        Multiopus(8, "0,6,1,2,3,4,5,7", streams: 5, coupled: 3),

        // RFC 3551 6 gives these two their payload types.
        Audio("audio/PCMU", 8000, null, TelephonyFeedback) with { PreferredPayloadType = 0 },
        Audio("audio/PCMA", 8000, null, TelephonyFeedback) with { PreferredPayloadType = 8 },
        Video("video/VP8"),
        Video("video/VP9"),
        Video("video/H264") with { Parameters = new() { ["level-asymmetry-allowed"] = 1 } },
        Video("video/H265"),
        Video("video/AV1"),
    ];

    private static RtpCodecCapability Audio(string mimeType, int clockRate, int? channels, RtcpFeedback[] feedback) => new()
    {
        Kind = MediaKind.Audio,
        MimeType = mimeType,
        ClockRate = clockRate,
        Channels = channels,
        RtcpFeedback = feedback,
    };

    private static RtpCodecCapability Multiopus(int channels, string mapping, int streams, int coupled) =>
        Audio("audio/multiopus", 48_000, channels, OpusFeedback) with
        {
            Parameters = new()
            {
                ["channel_mapping"] = mapping,
                ["num_streams"] = streams,
                ["coupled_streams"] = coupled,
            },
        };

    private static RtpCodecCapability Video(string mimeType) => new()
    {
        Kind = MediaKind.Video,
        MimeType = mimeType,
        ClockRate = VideoClockRate,
        RtcpFeedback = VideoFeedback,
    };
}
