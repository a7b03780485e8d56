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

    [Test]
    public Task Av1_FullSvc_GivesTheLayersAskedFor() => GivesLayersAsync(Codec.Av1, "L3T3", Large, [2, 0, 1, 2]);

    [Test]
    public Task Vp9_KSvc_BehindAPipe_GivesTheLayersAskedFor() =>
        GivesLayersAsync(Codec.Vp9, "L3T3_KEY", Large, [2, 0, 1, 2], piped: true);

    [Test]
    public Task Av1_Svc_BehindAPipe_GivesTheLayersAskedFor() =>
        GivesLayersAsync(Codec.Av1, "L2T2", Medium, [1, 0, 1], piped: true);

    [Test]
    public async Task Av1_Simulcast_GivesTheSizesAskedFor()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben", Studio.Wide);
        Sent sent = await ada.SendAsync(
            Medium,
            Codec.Av1,
            new Encoding { Rid = "r0", ScaleResolutionDownBy = 2, MaxBitrate = 250_000, ScalabilityMode = "L1T2" },
            new Encoding { Rid = "r1", ScaleResolutionDownBy = 1, MaxBitrate = 700_000, ScalabilityMode = "L1T2" });
        Received received = await ben.ReceiveAsync(sent.Producer);
        await ShowsAsync(received, Medium, 1, 1);

        await Smoothness.OfAsync(sent, [received], async () =>
        {
            foreach (int layer in new[] { 0, 1, 0, 1 })
            {
                await received.Consumer.SetPreferredLayersAsync(new ConsumerLayers(layer));
                await ShowsAsync(received, Medium, layer, 1);
            }
        });

        Assert.That(sent.Producer.Type, Is.EqualTo(RtpType.Simulcast));
        Assert.That(
            received.Consumer.RtpParameters.HeaderExtensions.Select(e => e.Uri), Has.One.EqualTo(RtpHeaderExtensionUri.DependencyDescriptor));
    }

    // Chromium throws away an AV1 picture of several frames when no descriptor joins them.
    [Test]
    public async Task Av1_Svc_WithoutDescriptors_GivesTheLowestLayer()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben", Studio.Wide);
        ben.ReceiveWithout(RtpHeaderExtensionUri.DependencyDescriptor);
        Sent sent = await ada.SendAsync(Medium, Codec.Av1, new Encoding { ScalabilityMode = "L2T2", MaxBitrate = 900_000 });
        await sent.UntilAsync(e => e.Streams.Any(s => s.ScalabilityMode == "L2T2" && s.Width == Medium.Width), "both layers");
        Received received = await ben.ReceiveAsync(sent.Producer);
        await ShowsAsync(received, Medium, 0, 1);

        await Smoothness.OfAsync(sent, [received], async () =>
        {
            foreach (ConsumerLayers layers in new ConsumerLayers[] { new(1, 0), new(1, 1) })
            {
                await received.Consumer.SetPreferredLayersAsync(layers);
                await received.UntilAsync(
                    _ => received.Consumer.CurrentLayers?.TemporalLayer == layers.TemporalLayer, $"temporal layer {layers.TemporalLayer}");
                await ShowsAsync(received, Medium, 0, 1);
            }
        });
    }

    private static async Task GivesLayersAsync(
        Codec codec, string mode, Camera camera, IReadOnlyList<int> asked, bool piped = false)
    {
        await using Studio studio = await Studio.StartAsync(workers: piped ? 2 : 1);
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben", Studio.Wide, studio.Routers[^1]);
        Sent sent = await ada.SendAsync(camera, codec, new Encoding { ScalabilityMode = mode, MaxBitrate = 900_000 });
        await sent.UntilAsync(e => e.Streams.Any(s => s.ScalabilityMode == mode && s.Width == camera.Width), $"all layers of {mode}");
        Producer near = piped ? await PipeAsync(studio, sent) : sent.Producer;
        Received received = await ben.ReceiveAsync(near);
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

        Assert.That(near.Type, Is.EqualTo(RtpType.Svc));
        Assert.That((await received.LookAsync()).Stream!.Codec, Is.EqualTo(codec.MimeType));
    }

    private static async Task<Producer> PipeAsync(Studio studio, Sent sent)
    {
        RouterPipe pipe = await studio.Router.PipeToRouterAsync(
            new PipeToRouterOptions { Producer = sent.Producer, Router = studio.Routers[1] });
        return pipe.Producer!;
    }

    // Each layer is twice as wide as the one below.
    private static Task<Reception> ShowsAsync(Received received, Camera camera, int layer, int top) => received.UntilAsync(
        seen => seen.Picture!.Width == camera.Width >> (top - layer)
            && camera.Colour.IsShownBy(seen.Picture.Colour)
            && received.Consumer.CurrentLayers?.SpatialLayer == layer,
        $"spatial layer {layer}");
}
