using Millrace.EndToEnd.Tests.Harness;
using Millrace.Impairment;

namespace Millrace.EndToEnd.Tests.Media.Lines;

/// <summary>One client sends picture and sound to another, both behind bad lines in both directions from the first packet on.</summary>
internal static class LossyCall
{
    private const double WindowMs = 15_000;
    // What happens in the first seconds, while rates are being found out, is another figure than how a call goes on.
    private const double SettlingMs = 3_000;
    private static readonly Camera Camera = new(320, 180, 20, Colour.Crimson, Noise: 0.02);
    private static readonly Tone Tone = new(440);

    public static async Task<LineFigures> MeasureAsync(LineQuality quality, int seed)
    {
        // How long DTLS takes over a very bad line is chance: a table shows it, a test run does without.
        LineQuality first = LineSeeds.AreNamed ? quality : LineQuality.Good;
        await using Line hers = Line.Of(first, seed * 1000);
        await using Line his = Line.Of(first, (seed * 1000) + 500);
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada", route: hers.Route);
        Client ben = await studio.OpenAsync("Ben", route: his.Route);
        Sent picture = await ada.SendAsync(Camera, Codec.Vp8);
        Sent sound = await ada.SendAsync(Tone);
        Received seen = await ben.ReceiveAsync(picture.Producer);
        Received heard = await ben.ReceiveAsync(sound.Producer, enableRtx: true);
        Moments sending = await ada.MomentsAsync(ada.Sending);
        Moments receiving = await ben.MomentsAsync(ben.Receiving);
        await seen.UntilAsync(now => now.Picture!.Frames > 0, "a first frame");
        await heard.HearsAsync(Tone);
        hers.ToClient = hers.ToWorker = his.ToClient = his.ToWorker = quality;
        await PassesAsync(seen, (await seen.LookAsync()).Now + SettlingMs);

        await seen.MarkAsync();
        Emission painted = await picture.LookAsync();
        (Reception before, Reception soundBefore) = (await seen.LookAsync(), await heard.LookAsync());
        Reception after = await PassesAsync(seen, before.Now + WindowMs);
        Reception soundAfter = await heard.LookAsync();
        Emission paintedAfter = await picture.LookAsync();

        double seconds = (after.Now - before.Now) / 1000;
        await TestContext.Out.WriteLineAsync(
            $"picture {before}\n{after}\nsound {soundBefore}\n{soundAfter}\nsent {painted}\n{paintedAfter}");
        return new LineFigures
        {
            FramesPerSecond = (after.Picture!.Frames - before.Picture!.Frames) / seconds,
            PaintedPerSecond = (paintedAfter.Camera!.Frames - painted.Camera!.Frames) / seconds,
            Freezes = after.Stream!.Freezes - before.Stream!.Freezes,
            Frozen = after.Stream.Frozen - before.Stream.Frozen,
            LongestGap = after.Picture.LongestGap,
            LongestStall = paintedAfter.Camera.LongestStall,
            Concealed = (double)(soundAfter.Stream!.Concealed - soundBefore.Stream!.Concealed)
                / (soundAfter.Stream.Samples - soundBefore.Stream.Samples),
            Connected = Math.Max(TimeOf(sending), TimeOf(receiving)),
        };
    }

    private static double TimeOf(Moments moments) => moments.Connected!.Value - moments.Asked!.Value;

    private static Task<Reception> PassesAsync(Received received, double until) => received.UntilAsync(now => now.Now >= until, "time passes");
}
