using Millrace.Controller;
using Millrace.Controller.Rtp;

namespace Millrace.Rooms.Tests;

/// <summary>What a browser says of its media, as golden literals: Chromium's codecs, payload types and extensions.</summary>
internal static class Browser
{
    private static readonly RtcpFeedback[] VideoFeedback =
        [new("goog-remb"), new("transport-cc"), new("ccm", "fir"), new("nack"), new("nack", "pli")];

    public static RtpCapabilities Capabilities { get; } = new()
    {
        Codecs =
        [
            new()
            {
                Kind = MediaKind.Audio,
                MimeType = "audio/opus",
                PreferredPayloadType = 111,
                ClockRate = 48_000,
                Channels = 2,
                Parameters = new() { ["minptime"] = 10, ["useinbandfec"] = 1 },
                RtcpFeedback = [new("transport-cc")],
            },
            new()
            {
                Kind = MediaKind.Video,
                MimeType = "video/VP8",
                PreferredPayloadType = 96,
                ClockRate = 90_000,
                RtcpFeedback = VideoFeedback,
            },
            new()
            {
                Kind = MediaKind.Video,
                MimeType = "video/rtx",
                PreferredPayloadType = 97,
                ClockRate = 90_000,
                Parameters = new() { ["apt"] = 96 },
            },
        ],
        HeaderExtensions = [],
    };

    /// <summary>Capabilities with a header extension that can have no number.</summary>
    public static RtpCapabilities Senseless { get; } = Capabilities with
    {
        HeaderExtensions = [new() { Kind = MediaKind.Video, Uri = RtpHeaderExtensionUri.Mid, PreferredId = 0 }],
    };

    public static RtpCapabilities AudioOnly { get; } = Capabilities with { Codecs = [Capabilities.Codecs[0]] };

    public static DtlsParameters Dtls { get; } = new()
    {
        Role = DtlsRole.Client,
        Fingerprints = [new("sha-256", string.Join(':', Enumerable.Repeat("AB", 32)))],
    };

    public static RtpParameters Opus(uint ssrc) => new()
    {
        Mid = "0",
        Codecs =
        [
            new()
            {
                MimeType = "audio/opus",
                PayloadType = 111,
                ClockRate = 48_000,
                Channels = 2,
                Parameters = new() { ["minptime"] = 10, ["useinbandfec"] = 1 },
                RtcpFeedback = [new("transport-cc")],
            },
        ],
        Encodings = [new() { Ssrc = ssrc }],
        Rtcp = new("cname"),
    };

    public static RtpParameters Vp8(uint ssrc) => new()
    {
        Mid = "1",
        Codecs =
        [
            new() { MimeType = "video/VP8", PayloadType = 96, ClockRate = 90_000, RtcpFeedback = VideoFeedback },
            new() { MimeType = "video/rtx", PayloadType = 97, ClockRate = 90_000, Parameters = new() { ["apt"] = 96 } },
        ],
        Encodings = [new() { Ssrc = ssrc, Rtx = new(ssrc + 1) }],
        Rtcp = new("cname"),
    };
}
