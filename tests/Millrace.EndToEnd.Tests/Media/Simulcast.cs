using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>Three sizes of one picture with three frame rates each, and how a viewer's layer is recognised.</summary>
internal static class Simulcast
{
    // Long enough that a layer's share of the frames shows, short enough to wait for.
    private const int FramesOfAWindow = 40;

    /// <summary>Chromium sends three sizes from 960x540 on; fewer frames spare the machine.</summary>
    public static Camera Camera { get; } = new(960, 540, 12, Colour.Crimson);

    public static IReadOnlyList<Encoding> ThreeSizes { get; } =
    [
        new() { Rid = "r0", ScaleResolutionDownBy = 4, MaxBitrate = 150_000, ScalabilityMode = "L1T3" },
        new() { Rid = "r1", ScaleResolutionDownBy = 2, MaxBitrate = 350_000, ScalabilityMode = "L1T3" },
        new() { Rid = "r2", ScaleResolutionDownBy = 1, MaxBitrate = 900_000, ScalabilityMode = "L1T3" },
    ];

    /// <summary>The same without frame rates to choose from: what does not fit must become smaller.</summary>
    public static IReadOnlyList<Encoding> ThreeSizesOfOneRate { get; } = [.. ThreeSizes.Select(e => e with { ScalabilityMode = "L1T1" })];

    public static int WidthOf(int spatialLayer) => (int)(Camera.Width / ThreeSizes[spatialLayer].ScaleResolutionDownBy!);

    /// <summary>Waits until every size flows; a viewer could have any of them.</summary>
    public static async Task ArrivesAsync(Sent sent) => await Waiting.UntilAsync(
        () => sent.Producer.GetStatsAsync(),
        stats => ThreeSizes.All(e => stats.Any(s => s.Rid == e.Rid && s.Bitrate > 0)),
        stats => string.Join('\n', stats),
        condition: "all three sizes arrive");

    /// <summary>Waits until the viewer sees a spatial layer and the worker has told so.</summary>
    public static async Task ShowsLayerAsync(Received received, int spatialLayer)
    {
        await received.UntilAsync(
            seen => seen.Picture!.Width == WidthOf(spatialLayer)
                && Camera.Colour.IsShownBy(seen.Picture.Colour)
                && received.Consumer.CurrentLayers?.SpatialLayer == spatialLayer,
            $"spatial layer {spatialLayer}");
    }

    /// <summary>
    /// Which share of the sent frames of the lowest size reaches the viewer; what a busy machine decodes of them is another
    /// matter.
    /// </summary>
    public static async Task<double> ShareOfFramesAsync(Sent sent, Received received)
    {
        (long encodedBefore, long cameBefore) = (await EncodedAsync(sent), await CameAsync(received));
        long encoded = await Waiting.UntilAsync(
            () => EncodedAsync(sent), now => now >= encodedBefore + FramesOfAWindow, now => $"{now} after {encodedBefore}");
        double share = (double)(await CameAsync(received) - cameBefore) / (encoded - encodedBefore);
        await TestContext.Out.WriteLineAsync($"share of the frames: {share:0.00}");
        return share;
    }

    private static async Task<long> CameAsync(Received received) => (await received.LookAsync()).Stream!.Frames;

    private static async Task<long> EncodedAsync(Sent sent) => (await sent.LookAsync()).Streams.Single(s => s.Rid == "r0").Frames;
}
