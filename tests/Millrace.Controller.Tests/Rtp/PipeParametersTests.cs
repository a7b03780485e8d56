using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Rtp;

[Parallelizable]
internal sealed class PipeParametersTests
{
    [Test]
    public void Pipe_CarriesEveryStream_UnderNewSsrcs()
    {
        RtpParameters pipe = Pipe(Samples.Simulcast, enableRtx: false);

        Assert.That(pipe.Encodings.Select(encoding => (encoding.Ssrc, encoding.Rid, encoding.Rtx, encoding.ScalabilityMode)), Is.EqualTo(
            new (uint?, string?, RtxParameters?, string?)[]
            {
                (500, null, null, "L1T3"), (501, null, null, "L1T3"), (502, null, null, "L1T3"),
            }));
        Assert.That(pipe.Mid, Is.Null);
        Assert.That(pipe.Rtcp.Cname, Is.EqualTo("cname"));
    }

    [Test]
    public void Pipe_WithRtx_SendsLostPacketsAgain_OnStreamsOfTheirOwn()
    {
        RtpParameters pipe = Pipe(Samples.Simulcast, enableRtx: true);

        Assert.That(pipe.Encodings.Select(encoding => encoding.Rtx!.Ssrc), Is.EqualTo(new uint[] { 503, 504, 505 }));
        Assert.That(pipe.Codecs.Select(codec => codec.MimeType), Is.EqualTo(new[] { "video/VP8", "video/rtx" }));
        Assert.That(pipe.Codecs[0].RtcpFeedback, Is.EquivalentTo(
            new RtcpFeedback[] { new("nack", ""), new("nack", "pli"), new("ccm", "fir") }));
    }

    [Test]
    public void Pipe_WithoutRtx_AsksForKeyFramesOnly()
    {
        RtpParameters pipe = Pipe(Samples.Vp8, enableRtx: false);

        Assert.That(pipe.Codecs.Select(codec => codec.MimeType), Is.EqualTo(new[] { "video/VP8" }));
        Assert.That(pipe.Codecs[0].RtcpFeedback, Is.EquivalentTo(new RtcpFeedback[] { new("nack", "pli"), new("ccm", "fir") }));
    }

    [Test]
    public void Pipe_CarriesWhatTheOtherRouterNeeds_AndNothingOfItsOwnReceivers()
    {
        RtpParameters described = Samples.Vp8 with
        {
            HeaderExtensions =
            [
                new() { Uri = RtpHeaderExtensionUri.Mid, Id = 4 },
                new() { Uri = RtpHeaderExtensionUri.DependencyDescriptor, Id = 9 },
                new() { Uri = RtpHeaderExtensionUri.AbsCaptureTime, Id = 11 },
            ],
        };

        string[] plain = [.. Pipe(Samples.Vp8, false).HeaderExtensions.Select(extension => extension.Uri)];
        (string, int)[] with = [.. Pipe(described, false).HeaderExtensions.Select(extension => (extension.Uri, extension.Id))];

        Assert.That(plain, Has.None.EqualTo(RtpHeaderExtensionUri.Mid));
        Assert.That(plain, Has.None.EqualTo(RtpHeaderExtensionUri.TransportWideCc));
        Assert.That(plain, Has.None.EqualTo(RtpHeaderExtensionUri.DependencyDescriptor));
        Assert.That(plain, Has.One.EqualTo(RtpHeaderExtensionUri.VideoOrientation));
        Assert.That(with, Has.One.EqualTo((RtpHeaderExtensionUri.DependencyDescriptor, 7)));
        Assert.That(with, Has.One.EqualTo((RtpHeaderExtensionUri.AbsCaptureTime, 10)));
    }

    [Test]
    public void Pipe_OfAudio_CarriesItsLevel()
    {
        RtpParameters consumable = ConsumableOf(MediaKind.Audio, Samples.Opus);
        RtpParameters pipe = PipeParameters.Create(consumable, enableRtx: true, () => 500);

        Assert.That(pipe.HeaderExtensions.Select(extension => extension.Uri), Has.One.EqualTo(RtpHeaderExtensionUri.SsrcAudioLevel));
        Assert.That(pipe.Encodings.Single().Rtx, Is.Null);
    }

    [Test]
    public void OtherRouter_AcceptsWhatThePipeSends()
    {
        RtpParameters pipe = Pipe(Samples.Simulcast, enableRtx: true);
        RtpCapabilities other = RouterCapabilities.Create(
        [
            new() { Kind = MediaKind.Video, MimeType = "video/VP9", ClockRate = 90000 },
            new() { Kind = MediaKind.Video, MimeType = "video/VP8", ClockRate = 90000 },
        ]);

        RtpMapping mapping = ProducerMapping.Create(RtpValidation.Check(MediaKind.Video, pipe), other, () => 900);

        Assert.That(mapping.Codecs, Is.EqualTo(new CodecMapping[] { new(101, 102), new(102, 103) }));
        Assert.That(mapping.Encodings.Select(encoding => (encoding.Ssrc, encoding.MappedSsrc)), Is.EqualTo(
            new (uint?, uint)[] { (500, 900), (501, 901), (502, 902) }));
    }

    [Test]
    public void Supported_NamesEveryCodecOfAWorker()
    {
        string[] supported = [.. RtpCapabilities.Supported.Codecs.Select(codec => codec.MimeType).Distinct()];

        Assert.That(supported, Is.EqualTo(new[]
        {
            "audio/opus", "audio/multiopus", "audio/PCMU", "audio/PCMA", "video/VP8", "video/VP9", "video/H264", "video/H265", "video/AV1",
        }));
        Assert.That(RouterCapabilities.Create(RtpCapabilities.Supported.Codecs).Codecs, Has.Count.EqualTo(16));
    }

    private static RtpParameters ConsumableOf(MediaKind kind, RtpParameters source) => ConsumableParameters.Create(
        kind, source, Samples.Router, ProducerMapping.Create(source, Samples.Router, () => 1));

    private static RtpParameters Pipe(RtpParameters source, bool enableRtx) => PipeParameters.Create(
        ConsumableOf(MediaKind.Video, source), enableRtx, () => 500);
}
