using Millrace.Controller;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>Viewers behind narrow and lossy lines.</summary>
public sealed class BottleneckTests
{
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
