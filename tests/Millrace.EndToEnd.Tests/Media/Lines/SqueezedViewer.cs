using Millrace.Impairment;

namespace Millrace.EndToEnd.Tests.Media.Lines;

/// <summary>Three sizes of a picture for a viewer whose line of 2 Mbit/s carries 300 kbit/s for a while.</summary>
internal static class SqueezedViewer
{
    private const double SqueezedMs = 12_000;
    private const double ReleasedMs = 6_000;
    private const int RoundTripMs = 50;
    private static readonly LineQuality Wide = LineQuality.Of(0, RoundTripMs) with { BitsPerSecond = 2_000_000 };
    private static readonly LineQuality Narrow = Wide with { BitsPerSecond = 300_000 };

    public static async Task<LineFigures> MeasureAsync(int seed)
    {
        await using Line hers = Line.Of(LineQuality.Of(0, RoundTripMs), seed * 1000);
        await using Line his = Line.Of(Wide, (seed * 1000) + 500);
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada", route: hers.Route);
        Client ben = await studio.OpenAsync("Ben", route: his.Route);
        Sent sent = await ada.SendAsync(Simulcast.Camera, Codec.Vp8, Simulcast.ThreeSizesOfOneRate);
        Sent sound = await ada.SendAsync(new Tone(440));
        await Simulcast.ArrivesAsync(sent);
        Received received = await ben.ReceiveAsync(sent.Producer);
        Received heard = await ben.ReceiveAsync(sound.Producer, enableRtx: true);
        await Simulcast.ShowsLayerAsync(received, 2);

        await received.MarkAsync();
        Emission painted = await sent.LookAsync();
        (Reception before, Reception soundBefore) = (await received.LookAsync(), await heard.LookAsync());
        his.ToClient = his.ToWorker = Narrow;
        Reception squeezed = await received.UntilAsync(
            seen => seen.Now >= before.Now + SqueezedMs && FirstAt(seen, Simulcast.WidthOf(0), before.Now) is not null, "the smallest size, for a while");
        Reception atRelease = await received.LookAsync();
        his.ToClient = his.ToWorker = Wide;
        Reception whole = await received.UntilAsync(
            seen => seen.Now >= atRelease.Now + ReleasedMs
                && (!LineSeeds.AreNamed || FirstAt(seen, Simulcast.WidthOf(2), atRelease.Now) is not null),
            "the largest size again");
        Reception soundAfter = await heard.LookAsync();
        Emission paintedAfter = await sent.LookAsync();

        await TestContext.Out.WriteLineAsync(
            $"squeezed at {before.Now:0}, released at {atRelease.Now:0}: {string.Join(' ', whole.Picture!.Sizes)}\n{squeezed}\n{whole}");
        double seconds = (whole.Now - before.Now) / 1000;
        return new LineFigures
        {
            FramesPerSecond = (whole.Picture.Frames - before.Picture!.Frames) / seconds,
            PaintedPerSecond = (paintedAfter.Camera!.Frames - painted.Camera!.Frames) / seconds,
            Freezes = whole.Stream!.Freezes - before.Stream!.Freezes,
            Frozen = whole.Stream.Frozen - before.Stream.Frozen,
            LongestGap = whole.Picture.LongestGap,
            LongestStall = paintedAfter.Camera.LongestStall,
            Concealed = (double)(soundAfter.Stream!.Concealed - soundBefore.Stream!.Concealed)
                / (soundAfter.Stream.Samples - soundBefore.Stream.Samples),
            Smaller = FirstAt(squeezed, Simulcast.WidthOf(0), before.Now) - before.Now,
            Whole = FirstAt(whole, Simulcast.WidthOf(2), atRelease.Now) - atRelease.Now,
        };
    }

    private static double? FirstAt(Reception seen, int width, double since) =>
        seen.Picture!.Sizes.FirstOrDefault(size => size.Width == width && size.At >= since)?.At;
}
