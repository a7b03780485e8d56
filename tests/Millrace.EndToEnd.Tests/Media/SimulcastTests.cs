using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>A browser sends three sizes of one picture, and viewers get the one that is right for them.</summary>
public sealed class SimulcastTests
{
    // Chromium sends three sizes from 960x540 on; fewer frames spare the machine.
    private static readonly Camera Large = new(960, 540, 12, Colour.Crimson);

    private static readonly Encoding[] ThreeSizes =
    [
        new() { Rid = "r0", ScaleResolutionDownBy = 4, MaxBitrate = 150_000 },
        new() { Rid = "r1", ScaleResolutionDownBy = 2, MaxBitrate = 400_000 },
        new() { Rid = "r2", ScaleResolutionDownBy = 1, MaxBitrate = 1_000_000 },
    ];

    [Test]
    public async Task ThreeSizes_ArriveAtTheWorker()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");

        Sent sent = await ada.SendAsync(Large, Codec.Vp8, ThreeSizes);

        Assert.That(sent.Producer.Type, Is.EqualTo(RtpType.Simulcast));
        await ArriveAsync(sent);
    }

    // Every size flows; a viewer could have any of them.
    private static async Task ArriveAsync(Sent sent) => await Waiting.UntilAsync(
        () => sent.Producer.GetStatsAsync(),
        stats => ThreeSizes.All(e => stats.Any(s => s.Rid == e.Rid && s.Bitrate > 0)),
        stats => string.Join('\n', stats),
        condition: "all three sizes arrive");
}
