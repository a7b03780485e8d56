using System.Text.Json.Serialization;
using Millrace.Controller.Rtp;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>What a client can receive.</summary>
internal sealed record Capabilities(RtpCapabilities Rtp);

/// <summary>What a client receives of one consumer. Times are milliseconds.</summary>
/// <param name="Now">The page's clock.</param>
internal sealed record Reception(double Now, InboundStream? Stream, PictureSeen? Picture, double Hertz)
{
    public override string ToString() => $"{Stream} {Picture} {Hertz:0} Hz";
}

/// <summary>The browser's own statistics of a received stream.</summary>
internal sealed record InboundStream
{
    public required string Codec { get; init; }

    public required long Packets { get; init; }

    public required long Bytes { get; init; }

    public required long Lost { get; init; }

    public required long Repaired { get; init; }

    /// <summary>Pictures that came whole, decoded or not.</summary>
    public required long Frames { get; init; }

    public required long Decoded { get; init; }

    public required long KeyFrames { get; init; }

    public required int FrameWidth { get; init; }

    public required int FrameHeight { get; init; }

    public required long Freezes { get; init; }

    public required double Frozen { get; init; }

    public required long Nacks { get; init; }

    public required long Plis { get; init; }

    /// <summary>Of a sound: what was played, and what of it was made up because it was missing.</summary>
    public required long Samples { get; init; }

    public required long Concealed { get; init; }

    /// <summary>How long a frame or sample waited in the jitter buffer, on average.</summary>
    public required double BufferedFor { get; init; }
}

/// <summary>The frames that came out of the decoder, the last one's look, and when another size was seen, since the last mark.</summary>
internal sealed record PictureSeen(
    long Frames, int Width, int Height, IReadOnlyList<int> Colour, double LongestGap, IReadOnlyList<SizeSeen> Sizes)
{
    public override string ToString() =>
        $"{Frames} frames, {Width}x{Height}, colour {string.Join(' ', Colour)}, longest gap {LongestGap:0} ms";
}

/// <summary>The first frame of another size than the one before it, by the page's clock.</summary>
internal sealed record SizeSeen(double At, int Width);

/// <summary>When a transport was told to connect, when ICE had found a path, and when DTLS was done; by the page's clock.</summary>
internal sealed record Moments(double? Asked = null, double? Reached = null, double? Connected = null);

/// <summary>What a client sends of one producer.</summary>
internal sealed record Emission(IReadOnlyList<OutboundStream> Streams, CameraSeen? Camera)
{
    public override string ToString() => $"{string.Join('\n', Streams)} {Camera}";
}

/// <summary>One encoded stream.</summary>
internal sealed record OutboundStream(
    string Rid, string Codec, bool Active, string ScalabilityMode, string Encoder, int Width, int Height, long Frames, long Bytes, double Target,
    string Limitation);

/// <summary>Frames painted, and the longest wait between two of them since the last look: what a busy machine costs.</summary>
internal sealed record CameraSeen(long Frames, double LongestStall);

/// <summary>The states a client's transport went through, and the pair of candidates it uses.</summary>
internal sealed record PathSeen(IReadOnlyList<string> States, CandidatePair? Pair);

/// <summary>Both ends of a path as the browser sees them, and the certificate of the other side.</summary>
internal sealed record CandidatePair(
    string Protocol, string LocalAddress, string RemoteAddress, int RemotePort, string LocalFragment, string RemoteFragment,
    string Fingerprint, string Dtls, long BytesReceived);

[JsonSerializable(typeof(Capabilities))]
[JsonSerializable(typeof(Reception))]
[JsonSerializable(typeof(Emission))]
[JsonSerializable(typeof(PathSeen))]
[JsonSerializable(typeof(Moments))]
internal sealed partial class FiguresJson : JsonSerializerContext;
