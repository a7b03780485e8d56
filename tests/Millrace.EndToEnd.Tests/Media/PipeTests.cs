using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>One room over two workers: who sends is at one, who watches at the other.</summary>
public sealed class PipeTests
{
    private static readonly Tone Voice = new(440);

    [Test]
    public async Task PictureAndSound_CrossThePipe_AndViewersBehindItChooseLayers()
    {
        await using Studio studio = await Studio.StartAsync(workers: 2);
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben", Studio.Wide, studio.Routers[1]);
        Sent picture = await ada.SendAsync(Simulcast.Camera, Codec.Vp8, Simulcast.ThreeSizes);
        Sent sound = await ada.SendAsync(Voice);
        await Simulcast.ArrivesAsync(picture);

        RouterPipe pipedPicture = await studio.Router.PipeToRouterAsync(
            new PipeToRouterOptions { Producer = picture.Producer, Router = studio.Routers[1] });
        RouterPipe pipedSound = await studio.Router.PipeToRouterAsync(
            new PipeToRouterOptions { Producer = sound.Producer, Router = studio.Routers[1] });
        Received seen = await ben.ReceiveAsync(pipedPicture.Producer!);
        Received heard = await ben.ReceiveAsync(pipedSound.Producer!);

        await heard.HearsAsync(Voice);
        await Simulcast.ShowsLayerAsync(seen, 2);
        await Smoothness.OfAsync(picture, [seen], async () =>
        {
            foreach (int layer in new[] { 0, 1, 2 })
            {
                await seen.Consumer.SetPreferredLayersAsync(new ConsumerLayers(layer));
                await Simulcast.ShowsLayerAsync(seen, layer);
            }
        });
        await picture.Producer.CloseAsync();
        await Waiting.UntilAsync(() => Task.FromResult(seen.Consumer.IsClosed), "what is behind the pipe closes with its source");
    }
}
