using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Rtp;

[Parallelizable]
internal sealed class NegotiationTests
{
    [Test]
    public void Mapping_FindsThePayloadTypesOfCodecAndRetransmission()
    {
        RtpMapping mapping = ProducerMapping.Create(Samples.Vp8, Samples.Router, () => 5000);

        Assert.That(mapping.Codecs, Is.EqualTo(new CodecMapping[] { new(96, 101), new(97, 102) }));
        Assert.That(mapping.Encodings, Is.EqualTo(new EncodingMapping[] { new(null, 2222, 5000) }));
    }

    [Test]
    public void Mapping_OfSimulcast_GivesOneSsrcAStream()
    {
        RtpMapping mapping = ProducerMapping.Create(Samples.Simulcast, Samples.Router, () => 5000);

        Assert.That(
            mapping.Encodings,
            Is.EqualTo(new EncodingMapping[] { new("r0", null, 5000), new("r1", null, 5001), new("r2", null, 5002) }));
    }

    [Test]
    public void Mapping_OfACodecTheRouterLacks_Throws()
    {
        RtpParameters vp9 = Samples.Vp8 with
        {
            Codecs = [new() { MimeType = "video/VP9", PayloadType = 98, ClockRate = 90000 }],
        };

        Assert.That(
            () => ProducerMapping.Create(vp9, Samples.Router, () => 1),
            Throws.TypeOf<RtpException>().With.Message.Contains("video/VP9"));
    }

    [Test]
    public void Mapping_OfH264_NeedsProfileAndPacketizationMode()
    {
        RtpParameters h264 = Samples.Vp8 with
        {
            Codecs =
            [
                new()
                {
                    MimeType = "video/H264",
                    PayloadType = 107,
                    ClockRate = 90000,
                    Parameters = new() { ["packetization-mode"] = 1, ["profile-level-id"] = "42e029" },
                },
            ],
        };

        RtpMapping mapping = ProducerMapping.Create(h264, Samples.Router, () => 1);

        Assert.That(mapping.Codecs, Is.EqualTo(new CodecMapping[] { new(107, 103) }));
    }

    [Test]
    public void Consumable_SpeaksTheRoutersNumbers()
    {
        RtpParameters consumable = Consumable(MediaKind.Video, Samples.Simulcast);

        Assert.That(
            consumable.Codecs.Select(codec => (codec.MimeType, codec.PayloadType)),
            Is.EqualTo(new[] { ("video/VP8", 101), ("video/rtx", 102) }));
        Assert.That(consumable.Codecs[1].Parameters["apt"], Is.EqualTo((RtpParameterValue)101));
        Assert.That(consumable.Encodings.Select(encoding => encoding.Ssrc), Is.EqualTo(new uint?[] { 5000, 5001, 5002 }));
        Assert.That(consumable.Encodings.Select(encoding => encoding.Rid), Is.All.Null);
        Assert.That(
            consumable.HeaderExtensions.Select(extension => extension.Id), Is.EqualTo(new[] { 1, 4, 5, 8, 9, 11, 12 }));
        Assert.That(consumable.Rtcp.Cname, Is.EqualTo("cname"));
    }

    [Test]
    public void Consumable_KeepsTheSendersCodecParameters()
    {
        RtpParameters consumable = Consumable(MediaKind.Audio, Samples.Opus);

        Assert.That(consumable.Codecs.Single().Parameters["usedtx"], Is.EqualTo((RtpParameterValue)1));
        Assert.That(consumable.HeaderExtensions.Select(extension => extension.Id), Is.EqualTo(new[] { 1, 4, 6, 11, 12 }));
    }

    [Test]
    public void Consumer_OfTheRoutersOwnCapabilities_GetsEverything()
    {
        RtpParameters parameters = ConsumerParameters.Create(
            Consumable(MediaKind.Video, Samples.Simulcast), Samples.Router, enableRtx: true, () => 7000);

        Assert.That(parameters.Codecs.Select(codec => codec.PayloadType), Is.EqualTo(new[] { 101, 102 }));
        Assert.That(
            parameters.Codecs[0].RtcpFeedback,
            Is.EqualTo(new RtcpFeedback[] { new("nack", ""), new("nack", "pli"), new("ccm", "fir"), new("transport-cc", "") }));
        Assert.That(
            parameters.Encodings.Single(),
            Is.EqualTo(new RtpEncodingParameters
            {
                Ssrc = 7000, Rtx = new(7001), ScalabilityMode = "L3T3", MaxBitrate = 900_000,
            }));
    }

    [Test]
    public void Consumer_WithoutRetransmission_HasNeitherItsFormatNorNack()
    {
        RtpParameters parameters = ConsumerParameters.Create(
            Consumable(MediaKind.Video, Samples.Vp8), Samples.Router, enableRtx: false, () => 7000);

        Assert.That(parameters.Codecs.Select(codec => codec.MimeType), Is.EqualTo(new[] { "video/VP8" }));
        Assert.That(parameters.Codecs[0].RtcpFeedback, Has.None.EqualTo(new RtcpFeedback("nack", "")));
        Assert.That(parameters.Codecs[0].RtcpFeedback, Has.One.EqualTo(new RtcpFeedback("nack", "pli")));
        Assert.That(parameters.Encodings.Single().Rtx, Is.Null);
    }

    [TestCase(true, true, "transport-cc")]
    [TestCase(false, true, "goog-remb")]
    [TestCase(false, false, null)]
    public void Consumer_GetsOneWayToEstimateBandwidth(bool transportCc, bool absSendTime, string? expected)
    {
        RtpCapabilities client = Samples.Router with
        {
            HeaderExtensions =
            [
                .. Samples.Router.HeaderExtensions.Where(extension =>
                    (extension.Uri != RtpHeaderExtensionUri.TransportWideCc || transportCc)
                    && (extension.Uri != RtpHeaderExtensionUri.AbsSendTime || absSendTime)),
            ],
        };

        RtpParameters parameters = ConsumerParameters.Create(
            Consumable(MediaKind.Video, Samples.Vp8), client, enableRtx: true, () => 1);

        string? estimation = parameters.Codecs[0].RtcpFeedback.Select(feedback => feedback.Type)
            .SingleOrDefault(type => type is "transport-cc" or "goog-remb");
        Assert.That(estimation, Is.EqualTo(expected));
    }

    [Test]
    public void Consumer_WhoseClientCannotRepairThisCodec_GetsNoRetransmission()
    {
        RtpCapabilities client = Samples.Router with
        {
            Codecs = [.. Samples.Router.Codecs.Where(codec => CodecMatching.AssociatedPayloadType(codec.Parameters) != 101)],
        };

        RtpParameters parameters = ConsumerParameters.Create(
            Consumable(MediaKind.Video, Samples.Vp8), client, enableRtx: true, () => 1);

        Assert.That(parameters.Codecs.Select(codec => codec.PayloadType), Is.EqualTo(new[] { 101 }));
    }

    [TestCase("video/AV1", true, true)]
    [TestCase("video/AV1", false, false)]
    [TestCase("video/VP8", true, false)]
    public void Consumer_OfAv1_GetsTheDependencyDescriptorsThatAreSent(string mimeType, bool sent, bool expected)
    {
        RtpCapabilities router = RouterCapabilities.Create(
            [new() { Kind = MediaKind.Video, MimeType = mimeType, ClockRate = 90000 }]);
        RtpParameters source = Samples.Vp8 with
        {
            Codecs = [new() { MimeType = mimeType, PayloadType = 45, ClockRate = 90000 }],
            HeaderExtensions = sent ? [new() { Uri = RtpHeaderExtensionUri.DependencyDescriptor, Id = 9 }] : [],
        };

        RtpParameters consumer = ConsumerParameters.Create(Consumable(MediaKind.Video, source, router), router, enableRtx: true, () => 1);

        Assert.That(
            consumer.HeaderExtensions.Any(extension => extension is { Uri: RtpHeaderExtensionUri.DependencyDescriptor, Id: 7 }),
            Is.EqualTo(expected));
    }

    [Test]
    public void Consumer_OfAv1Simulcast_GetsDependencyDescriptors()
    {
        RtpCapabilities router = RouterCapabilities.Create(
            [new() { Kind = MediaKind.Video, MimeType = "video/AV1", ClockRate = 90000 }]);
        RtpParameters source = Samples.Simulcast with
        {
            Codecs = [new() { MimeType = "video/AV1", PayloadType = 45, ClockRate = 90000 }],
            HeaderExtensions = [new() { Uri = RtpHeaderExtensionUri.DependencyDescriptor, Id = 9 }],
        };

        RtpParameters consumer = ConsumerParameters.Create(Consumable(MediaKind.Video, source, router), router, enableRtx: true, () => 1);

        Assert.That(
            consumer.HeaderExtensions.Select(extension => extension.Uri), Has.One.EqualTo(RtpHeaderExtensionUri.DependencyDescriptor));
    }

    [Test]
    public void CanConsume_NeedsACodecOfTheProducer()
    {
        RtpParameters consumable = Consumable(MediaKind.Video, Samples.Vp8);
        RtpCapabilities audioOnly = new() { Codecs = [Samples.Router.Codecs[0]] };
        RtpCapabilities rtxOnly = new() { Codecs = [Samples.Router.Codecs[2]] };

        Assert.That(ConsumerParameters.CanConsume(consumable, Samples.Router), Is.True);
        Assert.That(ConsumerParameters.CanConsume(consumable, audioOnly), Is.False);
        Assert.That(ConsumerParameters.CanConsume(consumable, rtxOnly), Is.False);
        Assert.That(ConsumerParameters.CanConsume(consumable, new RtpCapabilities()), Is.False);
        Assert.That(() => ConsumerParameters.Create(consumable, audioOnly, true, () => 1), Throws.TypeOf<RtpException>());
    }

    private static RtpParameters Consumable(MediaKind kind, RtpParameters parameters, RtpCapabilities? router = null) =>
        ConsumableParameters.Create(
            kind,
            parameters,
            router ?? Samples.Router,
            ProducerMapping.Create(parameters, router ?? Samples.Router, () => 5000));
}
