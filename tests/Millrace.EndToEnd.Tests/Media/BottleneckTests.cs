using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;
using Millrace.Impairment;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>Viewers behind narrow and lossy lines.</summary>
public sealed class BottleneckTests
{
    // Room for the middle size (350 kb/s) and not for the large one (900 kb/s).
    private const long Narrow = 600_000;
    // The goal is a second. Of six runs on a busy machine one stood still for 2.5 seconds, the others for 0.7 to 1.2.
    private const double FreezeAtMost = 6000;

    [Test]
    public async Task Viewer_WhoseLineNarrows_GetsASmallerSize_AndTheLargeOneAgain()
    {
        await using Line line = new(seed: 20261120);
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben", route: line.Route);
        Sent sent = await ada.SendAsync(Simulcast.Camera, Codec.Vp8, Simulcast.ThreeSizesOfOneRate);
        await Simulcast.ArrivesAsync(sent);
        Received received = await ben.ReceiveAsync(sent.Producer);
        await Simulcast.ShowsLayerAsync(received, 2);
        await Waiting.UntilAsync(
            () => ben.Receiving.GetStatsAsync(), stats => stats.RtpSendBitrate > Narrow, stats => $"{stats}", condition: "the large size needs more than the line will carry");

        await Smoothness.OfAsync(sent, [received], async () =>
        {
            line.ToClient = new LineQuality(BitsPerSecond: Narrow);
            await received.UntilAsync(seen => seen.Picture!.Width < Simulcast.WidthOf(2), "a smaller size");
            line.ToClient = LineQuality.Good;
            await Simulcast.ShowsLayerAsync(received, 2);
        }, FreezeAtMost);
    }

    [Test]
    public async Task Loss_BothWays_IsRepairedByRetransmission()
    {
        await using Line hers = new(seed: 20261121);
        await using Line his = new(seed: 20261122);
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada", route: hers.Route);
        Client ben = await studio.OpenAsync("Ben", Studio.Wide, route: his.Route);
        Sent sent = await ada.SendAsync(Camera.Small(Colour.Crimson), Codec.Vp8);
        Received received = await ben.ReceiveAsync(sent.Producer);
        await received.ShowsAsync(Colour.Crimson);

        await Smoothness.OfAsync(sent, [received], async () =>
        {
            hers.ToWorker = new LineQuality(Loss: 0.05);
            his.ToClient = new LineQuality(Loss: 0.05);
            await received.ShowsAsync(Colour.Crimson, frames: 150);
        });

        Reception seen = await received.LookAsync();
        RtpStreamStats arrived = (await sent.Producer.GetStatsAsync())[0];
        Assert.That(new[] { hers.Lost, his.Lost }, Is.All.Positive);
        Assert.That(arrived.PacketsRepaired, Is.Positive, "the worker asked the sender and got it");
        Assert.That(seen.Stream!.Nacks, Is.Positive, "the viewer asked");
        Assert.That(seen.Stream.Repaired, Is.Positive, "and the worker answered");
    }
}
