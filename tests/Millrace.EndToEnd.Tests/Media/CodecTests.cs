using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>Two browsers see and hear each other through a worker, by each codec.</summary>
public sealed class CodecTests
{
    private static IEnumerable<Codec> Video => [Codec.Vp8, Codec.Vp9, Codec.H264, Codec.Av1];

    [TestCaseSource(nameof(Video))]
    public async Task Picture_ArrivesBothWays(object codec)
    {
        Codec chosen = (Codec)codec;
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben");

        Sent hers = await ada.SendAsync(Camera.Small(Colour.Crimson), chosen);
        Sent his = await ben.SendAsync(Camera.Small(Colour.Teal), chosen);
        Received atBen = await ben.ReceiveAsync(hers.Producer);
        Received atAda = await ada.ReceiveAsync(his.Producer);

        Reception seenByBen = await atBen.ShowsAsync(Colour.Crimson, frames: 30);
        Reception seenByAda = await atAda.ShowsAsync(Colour.Teal, frames: 30);
        foreach (Reception seen in new[] { seenByBen, seenByAda })
        {
            Assert.That(seen.Stream!.Codec, Is.EqualTo(chosen.MimeType));
            Assert.That((seen.Picture!.Width, seen.Picture.Height), Is.EqualTo((320, 180)));
        }
    }

    [Test]
    public async Task Sound_ArrivesBothWays()
    {
        Tone low = new(440);
        Tone high = new(1250);
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben");

        Received atBen = await ben.ReceiveAsync((await ada.SendAsync(low)).Producer);
        Received atAda = await ada.ReceiveAsync((await ben.SendAsync(high)).Producer);

        Reception heardByBen = await atBen.HearsAsync(low);
        await atAda.HearsAsync(high);
        Assert.That(heardByBen.Stream!.Codec, Is.EqualTo("audio/opus"));
        await atBen.UntilAsync(seen => seen.Stream!.Packets > heardByBen.Stream.Packets, "the sound goes on");
    }
}
