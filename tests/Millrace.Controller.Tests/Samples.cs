using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests;

/// <summary>Small makers of the parameters that many tests need.</summary>
internal static class Samples
{
    public static RouterOptions RouterOptions { get; } = new()
    {
        MediaCodecs =
        [
            new() { Kind = MediaKind.Audio, MimeType = "audio/opus", ClockRate = 48000, Channels = 2 },
            new() { Kind = MediaKind.Video, MimeType = "video/VP8", ClockRate = 90000 },
            new()
            {
                Kind = MediaKind.Video,
                MimeType = "video/H264",
                ClockRate = 90000,
                Parameters = new() { ["packetization-mode"] = 1, ["profile-level-id"] = "42e01f" },
            },
        ],
    };

    public static RtpCapabilities Router { get; } = RouterCapabilities.Create(RouterOptions.MediaCodecs);

    public static RtpParameters Opus { get; } = new()
    {
        Mid = "0",
        Codecs =
        [
            new()
            {
                MimeType = "audio/opus",
                PayloadType = 111,
                ClockRate = 48000,
                Channels = 2,
                Parameters = new() { ["useinbandfec"] = 1, ["usedtx"] = 1 },
                RtcpFeedback = [new("transport-cc")],
            },
        ],
        HeaderExtensions = [new() { Uri = RtpHeaderExtensionUri.Mid, Id = 4 }],
        Encodings = [new() { Ssrc = 1111 }],
        Rtcp = new("cname"),
    };

    public static RtpParameters Vp8 { get; } = new()
    {
        Mid = "1",
        Codecs =
        [
            new()
            {
                MimeType = "video/VP8",
                PayloadType = 96,
                ClockRate = 90000,
                RtcpFeedback = [new("goog-remb"), new("transport-cc"), new("ccm", "fir"), new("nack"), new("nack", "pli")],
            },
            new() { MimeType = "video/rtx", PayloadType = 97, ClockRate = 90000, Parameters = new() { ["apt"] = 96 } },
        ],
        HeaderExtensions = [new() { Uri = RtpHeaderExtensionUri.Mid, Id = 4 }],
        Encodings = [new() { Ssrc = 2222, Rtx = new(2223) }],
        Rtcp = new("cname"),
    };

    public static RtpParameters Simulcast { get; } = Vp8 with
    {
        Encodings =
        [
            new() { Rid = "r0", MaxBitrate = 100_000, ScalabilityMode = "L1T3" },
            new() { Rid = "r1", MaxBitrate = 300_000, ScalabilityMode = "L1T3" },
            new() { Rid = "r2", MaxBitrate = 900_000, ScalabilityMode = "L1T3" },
        ],
    };

    public static WebRtcTransportOptions WebRtcOptions { get; } = new() { ListenInfos = [new() { Ip = "127.0.0.1" }] };

    public static PlainTransportOptions PlainOptions { get; } = new() { ListenInfo = new() { Ip = "127.0.0.1" }, Comedia = true };

    public static ProducerOptions OpusProducer { get; } = new() { Kind = MediaKind.Audio, RtpParameters = Opus };

    public static ProducerOptions Vp8Producer { get; } = new() { Kind = MediaKind.Video, RtpParameters = Vp8 };

    /// <summary>A certificate's fingerprint that nobody has.</summary>
    public static DtlsParameters Dtls { get; } = new()
    {
        Role = DtlsRole.Client,
        Fingerprints = [new("sha-256", string.Join(':', Enumerable.Repeat("AB", 32)))],
    };
}
