using Millrace.Impairment;

namespace Millrace.EndToEnd.Tests.Media.Lines;

/// <summary>
/// Two browsers behind bad lines. The bounds have room for a busy machine; the goals, and what was measured against them, stand in
/// docs/NETWORKS.md.
/// </summary>
[NonParallelizable]
public sealed class BadLineTests
{
    [Test]
    public async Task Loss_OfThirtyPercent_BothWays([ValueSource(typeof(LineSeeds), nameof(LineSeeds.All))] int seed)
    {
        LineFigures figures = await LossyCall.MeasureAsync(LineQuality.Of(0.3, roundTripMs: 50), seed);
        await LineTable.AddAsync("30 % loss, 50 ms", seed, figures);
        Assert.That(figures.Concealed, Is.LessThan(0.3));
    }

    [Test]
    public async Task Loss_OfFivePercent_Far([ValueSource(typeof(LineSeeds), nameof(LineSeeds.All))] int seed)
    {
        LineFigures figures = await LossyCall.MeasureAsync(LineQuality.Of(0.05, roundTripMs: 400), seed);
        await LineTable.AddAsync("5 % loss, 400 ms", seed, figures);
        Assert.That(figures.LongestGap, Is.LessThan(4000 + figures.LongestStall));
    }

    [Test]
    public async Task Loss_OfTenPercent_BothWays([ValueSource(typeof(LineSeeds), nameof(LineSeeds.All))] int seed)
    {
        LineFigures figures = await LossyCall.MeasureAsync(LineQuality.Of(0.1, roundTripMs: 50), seed);
        await LineTable.AddAsync("10 % loss, 50 ms", seed, figures);
        Assert.That(figures.FramesPerSecond, Is.GreaterThan(0.7 * figures.PaintedPerSecond));
        Assert.That(figures.Concealed, Is.LessThan(0.1));
    }

    [Test]
    public async Task Squeeze_To300Kbps_AndBack([ValueSource(typeof(LineSeeds), nameof(LineSeeds.All))] int seed)
    {
        LineFigures figures = await SqueezedViewer.MeasureAsync(seed);
        await LineTable.AddAsync("2 Mbit/s, 300 kbit/s", seed, figures);
        Assert.That(figures.Smaller, Is.LessThan(30_000));
    }
}
