using System.Text.Json;
using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Rtp;

/// <summary>Against what Chromium 156 offers, taken from its own SDP.</summary>
[Parallelizable]
internal sealed class ChromiumTests
{
    [Test]
    public void ItsCapabilities_PassTheChecks() =>
        Assert.That(() => RtpValidation.Check(Chromium()), Throws.Nothing);

    [Test]
    public void ItsCapabilities_SurviveJson()
    {
        RtpCapabilities chromium = Chromium();

        string json = JsonSerializer.Serialize(chromium, Json.Default.RtpCapabilities);

        using JsonDocument expected = JsonDocument.Parse(Text());
        using JsonDocument actual = JsonDocument.Parse(json);
        Assert.That(JsonElement.DeepEquals(expected.RootElement, actual.RootElement), Is.True, json);
    }

    [Test]
    public void ItCanConsume_WhatARouterOfAllCodecsCarries()
    {
        RtpCapabilities router = RouterCapabilities.Create(
            [.. SupportedCodecs.All.Where(codec => codec.MimeType is not "audio/multiopus" and not "video/H265")]);
        RtpCapabilities chromium = Chromium();

        foreach (RtpCodecCapability codec in router.Codecs.Where(codec => !CodecMatching.IsRtx(codec.MimeType)))
        {
            RtpParameters sent = new()
            {
                Mid = "0",
                Codecs =
                [
                    new()
                    {
                        MimeType = codec.MimeType,
                        PayloadType = 96,
                        ClockRate = codec.ClockRate,
                        Channels = codec.Channels,
                        Parameters = codec.Parameters,
                    },
                ],
                Encodings = [new() { Ssrc = 1 }],
            };
            RtpParameters consumable = ConsumableParameters.Create(
                codec.Kind, sent, router, ProducerMapping.Create(sent, router, () => 5000));

            RtpParameters consumer = ConsumerParameters.Create(
                consumable, chromium, enableRtx: codec.Kind == MediaKind.Video, () => 7000);

            Assert.That(consumer.Codecs[0].MimeType, Is.EqualTo(codec.MimeType));
            Assert.That(consumer.Codecs, Has.Count.EqualTo(codec.Kind == MediaKind.Video ? 2 : 1), codec.MimeType);
            Assert.That(consumer.HeaderExtensions.Select(extension => extension.Uri), Has.Member(RtpHeaderExtensionUri.Mid));
        }
    }

    [Test]
    public void EveryH264OfIts_MatchesExactlyItsOwnProfile()
    {
        RtpCodecCapability[] variants =
            [.. Chromium().Codecs.Where(codec => codec.MimeType == "video/H264")];

        foreach (RtpCodecCapability variant in variants)
        {
            RtpCapabilities router = RouterCapabilities.Create([variant]);
            RtpCodecParameters codec = new()
            {
                MimeType = "video/H264", PayloadType = 96, ClockRate = 90000, Parameters = variant.Parameters,
            };
            Assert.That(variants.Count(other => CodecMatching.Matches(codec, other)), Is.EqualTo(1));
            Assert.That(CodecMatching.Matches(codec, router.Codecs[0]), Is.True);
        }
        Assert.That(variants, Has.Length.GreaterThan(2));
    }

    private static RtpCapabilities Chromium() =>
        JsonSerializer.Deserialize(Text(), Json.Default.RtpCapabilities)!;

    private static string Text() =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "chromium-capabilities.json"));
}
