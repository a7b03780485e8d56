using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>A browser sends three sizes of one picture, and viewers get the one that is right for them.</summary>
public sealed class SimulcastTests
{
    [Test]
    public async Task ThreeSizes_ArriveAtTheWorker()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");

        Sent sent = await ada.SendAsync(Simulcast.Camera, Codec.Vp8, Simulcast.ThreeSizes);

        Assert.That(sent.Producer.Type, Is.EqualTo(RtpType.Simulcast));
        await Simulcast.ArrivesAsync(sent);
    }

    [Test]
    public async Task Viewers_GetTheSizesTheyAskFor_WithoutAFreeze()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben", Studio.Wide);
        Client cleo = await studio.OpenAsync("Cleo", Studio.Wide);
        Sent sent = await ada.SendAsync(Simulcast.Camera, Codec.Vp8, Simulcast.ThreeSizes);
        await Simulcast.ArrivesAsync(sent);
        Received atBen = await ben.ReceiveAsync(sent.Producer, new ConsumerLayers(1));
        Received atCleo = await cleo.ReceiveAsync(sent.Producer, new ConsumerLayers(2));
        await Simulcast.ShowsLayerAsync(atBen, 1);
        await Simulcast.ShowsLayerAsync(atCleo, 2);

        await Smoothness.OfAsync(sent, [atBen, atCleo], async () =>
        {
            foreach (int layer in new[] { 2, 0, 1, 0, 2 })
            {
                await atBen.Consumer.SetPreferredLayersAsync(new ConsumerLayers(layer));
                await Simulcast.ShowsLayerAsync(atBen, layer);
            }
        });

        Reception cleos = await atCleo.LookAsync();
        Assert.That(cleos.Picture!.Width, Is.EqualTo(Simulcast.WidthOf(2)), "nobody asked for another size for her");
    }

    [Test]
    public async Task Viewer_WhoAsksForFewerFrames_GetsThem()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben", Studio.Wide);
        Sent sent = await ada.SendAsync(Simulcast.Camera, Codec.Vp8, Simulcast.ThreeSizes);
        await Simulcast.ArrivesAsync(sent);
        Received received = await ben.ReceiveAsync(sent.Producer, new ConsumerLayers(0, 2));
        await Simulcast.ShowsLayerAsync(received, 0);

        double all = await Simulcast.ShareOfFramesAsync(sent, received);
        await received.Consumer.SetPreferredLayersAsync(new ConsumerLayers(0, 0));
        await received.UntilAsync(_ => received.Consumer.CurrentLayers == new ConsumerLayers(0, 0), "the lowest frame rate");
        double fewest = await Simulcast.ShareOfFramesAsync(sent, received);
        await received.Consumer.SetPreferredLayersAsync(new ConsumerLayers(0, 1));
        await received.UntilAsync(_ => received.Consumer.CurrentLayers == new ConsumerLayers(0, 1), "the middle frame rate");
        double half = await Simulcast.ShareOfFramesAsync(sent, received);

        // L1T3 has every fourth frame in its lowest layer and every other one in the two lowest.
        Assert.That(all, Is.GreaterThan(0.85));
        Assert.That(fewest, Is.EqualTo(0.25).Within(0.1));
        Assert.That(half, Is.EqualTo(0.5).Within(0.1));
    }
}
