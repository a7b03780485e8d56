using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.RealWorker.Ffmpeg;

/// <summary>One stream that ffmpeg makes: how the controller is told of it, and how ffmpeg encodes and sends it.</summary>
internal sealed record FfmpegStream(MediaKind Kind, string Name, RtpCodecParameters Codec, uint Ssrc, string[] Encode, string[] Send)
{
    public const int FramesPerSecond = 30;

    public static FfmpegStream Opus { get; } = new(
        MediaKind.Audio,
        "opus",
        new() { MimeType = "audio/opus", PayloadType = 100, ClockRate = 48000, Channels = 2 },
        1111,
        ["-c:a", "libopus", "-ac", "2"],
        []);

    public static FfmpegStream Vp8 { get; } = new(
        MediaKind.Video,
        "vp8",
        new() { MimeType = "video/VP8", PayloadType = 101, ClockRate = 90000 },
        2222,
        ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "15"],
        []);

    public static FfmpegStream H264 { get; } = new(
        MediaKind.Video,
        "h264",
        new()
        {
            MimeType = "video/H264",
            PayloadType = 102,
            ClockRate = 90000,
            Parameters = new() { ["packetization-mode"] = 1, ["profile-level-id"] = "42e01f" },
        },
        3333,
        ["-c:v", "libx264", "-profile:v", "baseline", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "15", "-pix_fmt", "yuv420p"],
        // The parameter sets go with each key frame, for whoever comes later.
        ["-bsf:v", "h264_mp4toannexb"]);

    public ProducerOptions Producer => new()
    {
        Kind = Kind,
        RtpParameters = new() { Codecs = [Codec], Encodings = [new() { Ssrc = Ssrc }] },
    };
}
