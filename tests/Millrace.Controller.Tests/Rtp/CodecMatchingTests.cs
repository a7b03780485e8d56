using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Rtp;

[Parallelizable]
internal sealed class CodecMatchingTests
{
    [TestCase("video/VP9", "profile-id=0", "", true)]
    [TestCase("video/VP9", "profile-id=2", "", false)]
    [TestCase("video/VP9", "profile-id=2", "profile-id=2", true)]
    [TestCase("video/AV1", "level-idx=5;profile=0;tier=0", "", true)]
    [TestCase("video/AV1", "profile=1", "", false)]
    [TestCase("video/H265", "level-id=93;tx-mode=SRST", "level-id=180;profile-id=1;tier-flag=0", true)]
    [TestCase("video/H265", "profile-id=2", "", false)]
    [TestCase("video/H265", "tier-flag=1", "", false)]
    [TestCase("video/H264", "packetization-mode=1;profile-level-id=42e01f", "packetization-mode=1;profile-level-id=42e034", true)]
    [TestCase("video/H264", "packetization-mode=0;profile-level-id=42e01f", "packetization-mode=1;profile-level-id=42e01f", false)]
    [TestCase("video/H264", "profile-level-id=42e01f", "packetization-mode=0", true)]
    [TestCase("video/H264", "profile-level-id=4d001f", "profile-level-id=42e01f", false)]
    [TestCase("video/H264", "profile-level-id=4d001f", "profile-level-id=4d0032", true)]
    [TestCase("video/VP8", "anything=1", "", true)]
    public void Matches_LooksAtWhatMakesPacketsUndecodable(string mimeType, string left, string right, bool matches)
    {
        RtpCodecParameters codec = new() { MimeType = mimeType, PayloadType = 96, ClockRate = 90000, Parameters = Fmtp(left) };
        RtpCodecCapability capability = new()
        {
            Kind = MediaKind.Video, MimeType = mimeType.ToUpperInvariant(), ClockRate = 90000, Parameters = Fmtp(right),
        };

        Assert.That(CodecMatching.Matches(codec, capability), Is.EqualTo(matches));
    }

    [Test]
    public void Matches_TellsChannelsAndClockRatesApart()
    {
        RtpCodecParameters mono = new() { MimeType = "audio/PCMU", PayloadType = 0, ClockRate = 8000 };
        RtpCodecCapability same = new() { Kind = MediaKind.Audio, MimeType = "audio/pcmu", ClockRate = 8000, Channels = 1 };

        Assert.That(CodecMatching.Matches(mono, same), Is.True);
        Assert.That(CodecMatching.Matches(mono, same with { Channels = 2 }), Is.False);
        Assert.That(CodecMatching.Matches(mono, same with { ClockRate = 16000 }), Is.False);
    }

    [Test]
    public void Matches_OfMultiopus_ComparesItsStreams()
    {
        RtpCodecCapability router = SupportedCodecs.All.First(codec => codec.MimeType == "audio/multiopus");
        RtpCodecParameters codec = new()
        {
            MimeType = "audio/multiopus", PayloadType = 96, ClockRate = 48000, Channels = 4, Parameters = router.Parameters,
        };

        Assert.That(CodecMatching.Matches(codec, router), Is.True);
        Assert.That(CodecMatching.Matches(codec with { Parameters = Fmtp("num_streams=4;coupled_streams=0") }, router), Is.False);
    }

    // As from JSON: numbers are written as numbers or as strings, and mean the same.
    private static OrderedDictionary<string, RtpParameterValue> Fmtp(string text)
    {
        OrderedDictionary<string, RtpParameterValue> parameters = [];
        foreach (string part in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=');
            parameters[sides[0]] = int.TryParse(sides[1], out int number) && sides[0] != "tier-flag" ? number : sides[1];
        }
        return parameters;
    }
}
