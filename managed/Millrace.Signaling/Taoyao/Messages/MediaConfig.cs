namespace Millrace.Signaling.Taoyao.Messages;

/// <summary>What a client should capture; its form and its defaults are those of the protocol's own server.</summary>
internal sealed record MediaConfig
{
    public static MediaConfig Default { get; } = new();

    public int MinWidth { get; init; } = 720;

    public int MaxWidth { get; init; } = 4096;

    public int MinHeight { get; init; } = 480;

    public int MaxHeight { get; init; } = 2160;

    public int MinFrameRate { get; init; } = 15;

    public int MaxFrameRate { get; init; } = 45;

    public int MinVideoBitrate { get; init; } = 800;

    public int MaxVideoBitrate { get; init; } = 1600;

    public int MinSampleSize { get; init; } = 16;

    public int MaxSampleSize { get; init; } = 16;

    public int MinSampleRate { get; init; } = 8000;

    public int MaxSampleRate { get; init; } = 48000;

    public int MinAudioBitrate { get; init; } = 96;

    public int MaxAudioBitrate { get; init; } = 256;

    public AudioConfig Audio { get; init; } = new("OPUS", 96, 16, 48000);

    public VideoConfig Video { get; init; } = new("H264", 1200, 24, 1920, 1080);

    public IReadOnlyDictionary<string, AudioConfig> Audios { get; init; } = new OrderedDictionary<string, AudioConfig>
    {
        ["fd-audio"] = new("OPUS", 256, 16, 48000),
        ["hd-audio"] = new("OPUS", 128, 16, 32000),
        ["sd-audio"] = new("OPUS", 96, 16, 16000),
    };

    public IReadOnlyDictionary<string, VideoConfig> Videos { get; init; } = new OrderedDictionary<string, VideoConfig>
    {
        ["ud-video"] = new("H264", 2000, 45, 4096, 2160),
        ["qd-video"] = new("H264", 1600, 30, 2560, 1440),
        ["fd-video"] = new("H264", 1200, 24, 1920, 1080),
        ["hd-video"] = new("H264", 800, 18, 1280, 720),
        ["sd-video"] = new("H264", 400, 15, 720, 480),
    };
}

/// <summary>Kilobits per second, bits per sample and samples per second of captured sound.</summary>
internal sealed record AudioConfig(string Format, int Bitrate, int SampleSize, int SampleRate);

/// <summary>Kilobits per second, frames per second and size of the captured picture.</summary>
internal sealed record VideoConfig(string Format, int Bitrate, int FrameRate, int Width, int Height)
{
    public string Resolution => FormattableString.Invariant($"{Width}*{Height}");
}

/// <summary>How one-to-one sessions reach each other; room transports need no ICE servers.</summary>
internal sealed record WebRtcConfig(
    bool Encrypt, IReadOnlyList<IceServer> Stun, IReadOnlyList<IceServer> Turn, IReadOnlyList<IceServer> IceServers)
{
    public static WebRtcConfig Default { get; } = new(false, [], [], []);
}

/// <summary>A STUN or TURN server, as <c>RTCIceServer</c> has it.</summary>
internal sealed record IceServer(string Urls, string? Username = null, string? Credential = null);
