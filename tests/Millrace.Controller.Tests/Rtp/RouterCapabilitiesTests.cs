using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Rtp;

[Parallelizable]
internal sealed class RouterCapabilitiesTests
{
    [Test]
    public void Create_GivesDynamicPayloadTypesAndRetransmission()
    {
        RtpCapabilities capabilities = Samples.Router;

        Assert.That(
            capabilities.Codecs.Select(codec => $"{codec.PreferredPayloadType} {codec.MimeType} {Fmtp(codec)}"),
            Is.EqualTo(new[]
            {
                "100 audio/opus ",
                "101 video/VP8 ",
                "102 video/rtx apt=101",
                "103 video/H264 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
                "104 video/rtx apt=103",
            }));
    }

    [Test]
    public void Create_KeepsExplicitPayloadTypes_WhereverTheyStand()
    {
        RtpCapabilities capabilities = RouterCapabilities.Create(
        [
            new() { Kind = MediaKind.Video, MimeType = "video/vp8", ClockRate = 90000 },
            new() { Kind = MediaKind.Video, MimeType = "video/VP9", ClockRate = 90000, PreferredPayloadType = 100 },
            new() { Kind = MediaKind.Audio, MimeType = "audio/PCMU", ClockRate = 8000 },
            new() { Kind = MediaKind.Audio, MimeType = "audio/PCMA", ClockRate = 8000, PreferredPayloadType = 102 },
        ]);

        Assert.That(
            capabilities.Codecs.Select(codec => (codec.MimeType, codec.PreferredPayloadType)),
            Is.EqualTo(new (string, int?)[]
            {
                ("video/VP8", 101), ("video/rtx", 103), ("video/VP9", 100), ("video/rtx", 104), ("audio/PCMU", 0), ("audio/PCMA", 102),
            }));
    }

    [Test]
    public void Create_GivesTheWorkersFeedback()
    {
        RtpCodecCapability opus = Samples.Router.Codecs[0];
        RtpCodecCapability vp8 = Samples.Router.Codecs[1];

        Assert.That(opus.RtcpFeedback, Is.EqualTo(new RtcpFeedback[] { new("nack", ""), new("transport-cc", "") }));
        Assert.That(
            vp8.RtcpFeedback,
            Is.EqualTo(new RtcpFeedback[]
            {
                new("nack", ""), new("nack", "pli"), new("ccm", "fir"), new("goog-remb", ""), new("transport-cc", ""),
            }));
    }

    [Test]
    public void Create_GivesHeaderExtensionsWithTheConstantIds()
    {
        var ids = Samples.Router.HeaderExtensions.Select(extension => (extension.Uri, extension.PreferredId)).Distinct();

        Assert.That(
            ids,
            Is.EquivalentTo(new[]
            {
                (RtpHeaderExtensionUri.Mid, 1),
                (RtpHeaderExtensionUri.RtpStreamId, 2),
                (RtpHeaderExtensionUri.RepairedRtpStreamId, 3),
                (RtpHeaderExtensionUri.AbsSendTime, 4),
                (RtpHeaderExtensionUri.TransportWideCc, 5),
                (RtpHeaderExtensionUri.SsrcAudioLevel, 6),
                (RtpHeaderExtensionUri.DependencyDescriptor, 7),
                (RtpHeaderExtensionUri.VideoOrientation, 8),
                (RtpHeaderExtensionUri.TimeOffset, 9),
                (RtpHeaderExtensionUri.AbsCaptureTime, 10),
                (RtpHeaderExtensionUri.PlayoutDelay, 11),
                (RtpHeaderExtensionUri.PacketId, 12),
            }));
    }

    [TestCase("audio/opus", 48000, 1)]
    [TestCase("audio/opus", 44100, 2)]
    [TestCase("audio/G722", 8000, 1)]
    [TestCase("audio/multiopus", 48000, 5)]
    public void Create_OfAnUnsupportedCodec_Throws(string mimeType, int clockRate, int channels) =>
        Assert.That(
            () => RouterCapabilities.Create(
                [new() { Kind = MediaKind.Audio, MimeType = mimeType, ClockRate = clockRate, Channels = channels }]),
            Throws.TypeOf<RtpException>().With.Message.Contains("not supported"));

    [Test]
    public void Create_WithOnePayloadTypeTwice_Throws()
    {
        RtpCodecCapability vp8 = new()
        {
            Kind = MediaKind.Video, MimeType = "video/VP8", ClockRate = 90000, PreferredPayloadType = 96,
        };

        Assert.That(() => RouterCapabilities.Create([vp8, vp8]), Throws.TypeOf<RtpException>());
    }

    [Test]
    public void Create_OfMoreCodecsThanPayloadTypes_Throws()
    {
        RtpCodecCapability vp8 = new() { Kind = MediaKind.Video, MimeType = "video/VP8", ClockRate = 90000 };

        Assert.That(RouterCapabilities.Create([.. Enumerable.Repeat(vp8, 30)]).Codecs, Has.Count.EqualTo(60));
        Assert.That(() => RouterCapabilities.Create([.. Enumerable.Repeat(vp8, 31)]), Throws.TypeOf<RtpException>());
    }

    private static string Fmtp(RtpCodecCapability codec) =>
        string.Join(';', codec.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"));
}
