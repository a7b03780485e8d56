using System.Text.Json.Serialization;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>A tile, as somebody sees it.</summary>
internal sealed record TileView(string ClientId, string Name, bool Self, bool Speaking, bool AudioMuted, bool VideoMuted);

/// <summary>What a page has received of one consumer until now, from the browser's statistics.</summary>
internal sealed record Inbound(
    string SourceId,
    string ConsumerId,
    string Kind,
    double Time,
    double Packets,
    double Lost,
    double Frames,
    double Width,
    double Energy,
    double Nacks,
    double Plis)
{
    public bool IsVideo => Kind == "video";
}

/// <summary>What flowed of one consumer during a while.</summary>
internal sealed record Flow(string SourceId, string Kind, double Seconds, double Packets, double Frames, double Energy, double Lost)
{
    public double FramesPerSecond => Frames / Seconds;

    public double PacketsPerSecond => Packets / Seconds;

    public static Flow Between(Inbound before, Inbound after) => new(
        after.SourceId,
        after.Kind,
        (after.Time - before.Time) / 1000,
        after.Packets - before.Packets,
        after.Frames - before.Frames,
        after.Energy - before.Energy,
        after.Lost - before.Lost);

    public override string ToString() => Kind == "video"
        ? FormattableString.Invariant($"{FramesPerSecond:F1} frames/s, {PacketsPerSecond:F0} packets/s, {Lost:F0} lost")
        : FormattableString.Invariant($"{PacketsPerSecond:F0} packets/s, energy {Energy:E1}, {Lost:F0} lost");
}

/// <summary>The picture in a tile: how bright it is (0 to 255) and how many of its 3,072 points changed since the last look.</summary>
internal sealed record Picture(string SourceId, double Brightness, double Changed);

/// <summary>The forms in which the page's probe answers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TileView[]))]
[JsonSerializable(typeof(Inbound[]))]
[JsonSerializable(typeof(Picture[]))]
internal sealed partial class ProbeJson : JsonSerializerContext;
