using Millrace.Controller;
using Millrace.Controller.Rtp;

namespace Millrace.Rooms;

/// <summary>What is the same for all rooms of a server.</summary>
public sealed record RoomOptions
{
    /// <summary>The codecs that rooms carry, the preferred ones first.</summary>
    public IReadOnlyList<RtpCodecCapability> MediaCodecs { get; init; } = DefaultCodecs;

    /// <summary>How much there may be of everything.</summary>
    public RoomLimits Limits { get; init; } = new();

    /// <summary>How often and for how many speakers volumes are measured; null switches it off.</summary>
    public AudioLevelObserverOptions? Volumes { get; init; } = new() { Interval = 500, Threshold = -127, MaxEntries = 10 };

    /// <summary>The most one transport may receive, in bits per second.</summary>
    public long MaxIncomingBitrate { get; init; } = 1_600_000;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Makes ids of rooms; they cannot be guessed.</summary>
    public required Func<string> NewId { get; init; }

    private static IReadOnlyList<RtpCodecCapability> DefaultCodecs { get; } =
    [
        Audio("audio/opus", 48_000, 2),
        Audio("audio/PCMU", 8_000, 1),
        Audio("audio/PCMA", 8_000, 1),
        Video("video/VP8"),
        Video("video/VP9", ("profile-id", 0)),
        Video("video/VP9", ("profile-id", 2)),
        Video("video/H264", ("packetization-mode", 1), ("profile-level-id", "42e01f"), ("level-asymmetry-allowed", 1)),
        Video("video/H264", ("packetization-mode", 1), ("profile-level-id", "4d0032"), ("level-asymmetry-allowed", 1)),
    ];

    private static RtpCodecCapability Audio(string mimeType, int clockRate, int channels) => new()
    {
        Kind = MediaKind.Audio,
        MimeType = mimeType,
        ClockRate = clockRate,
        Channels = channels,
    };

    private static RtpCodecCapability Video(string mimeType, params (string Name, RtpParameterValue Value)[] parameters)
    {
        OrderedDictionary<string, RtpParameterValue> all = [];
        foreach ((string name, RtpParameterValue value) in parameters)
        {
            all.Add(name, value);
        }
        // Browsers begin with this many kilobits a second instead of feeling their way up from a trickle.
        all.Add("x-google-start-bitrate", 400);
        return new() { Kind = MediaKind.Video, MimeType = mimeType, ClockRate = 90_000, Parameters = all };
    }
}
