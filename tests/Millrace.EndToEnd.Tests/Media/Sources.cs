using Millrace.Controller.Rtp;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>A camera that paints moving bars, noise and a patch of one colour.</summary>
/// <param name="Noise">The share of the picture, 0 to 1, that is noise: it takes bits.</param>
internal sealed record Camera(int Width, int Height, int Fps, Colour Colour, double Noise = 0.1)
{
    /// <summary>Small enough that several calls fit beside other work on two cores.</summary>
    public static Camera Small(Colour colour) => new(320, 180, 15, colour);
}

/// <summary>The colour of a patch.</summary>
internal sealed record Colour(int Red, int Green, int Blue)
{
    public static Colour Crimson { get; } = new(200, 30, 60);

    public static Colour Teal { get; } = new(20, 150, 140);

    // Video loses colour resolution and has a narrower range; two senders' colours are much further apart.
    private const int Tolerance = 40;

    /// <summary>Whether a received patch is this colour.</summary>
    public bool IsShownBy(IReadOnlyList<int> seen) =>
        Math.Abs(seen[0] - Red) <= Tolerance && Math.Abs(seen[1] - Green) <= Tolerance && Math.Abs(seen[2] - Blue) <= Tolerance;
}

/// <summary>A tone.</summary>
/// <param name="Loudness">Its amplitude, 0 to 1.</param>
internal sealed record Tone(int Hertz, double Loudness = 0.25);

/// <summary>A codec to send with; the page takes the first of its own that fits.</summary>
internal sealed record Codec(string MimeType, IReadOnlyDictionary<string, string>? Parameters = null)
{
    public static Codec Vp8 { get; } = new("video/VP8");

    public static Codec Vp9 { get; } = new("video/VP9", new Dictionary<string, string> { ["profile-id"] = "0" });

    public static Codec H264 { get; } = new("video/H264", new Dictionary<string, string> { ["packetization-mode"] = "1" });

    public static Codec Av1 { get; } = new("video/AV1");

    public override string ToString() => MimeType;
}

/// <summary>One stream that a client is told to send: W3C webrtc's RTCRtpEncodingParameters.</summary>
internal sealed record Encoding
{
    public string? Rid { get; init; }

    public double? ScaleResolutionDownBy { get; init; }

    public int? MaxBitrate { get; init; }

    public string? ScalabilityMode { get; init; }
}

/// <summary>What a router of these tests routes.</summary>
internal static class Codecs
{
    public static IReadOnlyList<RtpCodecCapability> All { get; } =
    [
        new() { Kind = MediaKind.Audio, MimeType = "audio/opus", ClockRate = 48_000, Channels = 2 },
        Video("video/VP8"),
        Video("video/VP9") with { Parameters = new() { ["profile-id"] = 0 } },
        Video("video/H264") with
        {
            Parameters = new()
            {
                ["packetization-mode"] = 1,
                ["profile-level-id"] = "42e01f",
                ["level-asymmetry-allowed"] = 1,
            },
        },
        Video("video/AV1"),
    ];

    private static RtpCodecCapability Video(string mimeType) =>
        new() { Kind = MediaKind.Video, MimeType = mimeType, ClockRate = 90_000 };
}
