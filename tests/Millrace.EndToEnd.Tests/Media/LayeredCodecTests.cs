using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>Scalable video: one stream with layers in it, of which each viewer is sent what it asks for.</summary>
public sealed class LayeredCodecTests
{
    // Chromium gives the lowest VP9 layer at least 240x135.
    private static readonly Camera Large = new(960, 540, 10, Colour.Teal);
    private static readonly Camera Medium = new(640, 360, 10, Colour.Teal);

    [Test]
    public Task Vp9_KSvc_GivesTheLayersAskedFor() => GivesLayersAsync(Codec.Vp9, "L3T3_KEY", Large, [2, 0, 1, 2]);

    [Test]
    public Task Vp9_FullSvc_GivesTheLayersAskedFor() => GivesLayersAsync(Codec.Vp9, "L2T3", Medium, [1, 0, 1]);

    [Test]
    public Task Av1_Svc_GivesTheLayersAskedFor() => GivesLayersAsync(Codec.Av1, "L2T2", Medium, [1, 0, 1]);

    private static async Task GivesLayersAsync(Codec codec, string mode, Camera camera, IReadOnlyList<int> asked)
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben", Studio.Wide);
        Sent sent = await ada.SendAsync(camera, codec, new Encoding { ScalabilityMode = mode, MaxBitrate = 900_000 });
        await sent.UntilAsync(e => e.Streams.Any(s => s.ScalabilityMode == mode && s.Width == camera.Width), $"all layers of {mode}");
        Received received = await ben.ReceiveAsync(sent.Producer);
        int top = asked.Max();
        await ShowsAsync(received, camera, top, top);

        await Smoothness.OfAsync(sent, [received], async () =>
        {
            foreach (int layer in asked)
            {
                await received.Consumer.SetPreferredLayersAsync(new ConsumerLayers(layer));
                await ShowsAsync(received, camera, layer, top);
            }
        });

        Assert.That(sent.Producer.Type, Is.EqualTo(RtpType.Svc));
        Assert.That((await received.LookAsync()).Stream!.Codec, Is.EqualTo(codec.MimeType));
    }

    // Each layer is twice as wide as the one below.
    private static Task<Reception> ShowsAsync(Received received, Camera camera, int layer, int top) => received.UntilAsync(
        seen => seen.Picture!.Width == camera.Width >> (top - layer)
            && camera.Colour.IsShownBy(seen.Picture.Colour)
            && received.Consumer.CurrentLayers?.SpatialLayer == layer,
        $"spatial layer {layer}");
}
