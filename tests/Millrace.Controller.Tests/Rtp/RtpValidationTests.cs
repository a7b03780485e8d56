using System.Text.Json;
using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Rtp;

[Parallelizable]
internal sealed class RtpValidationTests
{
    private static readonly RtpCodecParameters Codec = Samples.Vp8.Codecs[0];

    public static IEnumerable<TestCaseData<RtpParameters>> Nonsense()
    {
        yield return Case("no codec", Samples.Vp8 with { Codecs = [] });
        yield return Case("audio codec for video", Samples.Vp8 with { Codecs = Samples.Opus.Codecs });
        yield return Case("payload type 128", WithCodec(Codec with { PayloadType = 128 }));
        yield return Case("negative payload type", WithCodec(Codec with { PayloadType = -1 }));
        yield return Case("payload type twice", Samples.Vp8 with { Codecs = [Codec, Codec] });
        yield return Case("clock rate 0", WithCodec(Codec with { ClockRate = 0 }));
        yield return Case("channels 0", WithCodec(Codec with { Channels = 0 }));
        yield return Case("channels 256", WithCodec(Codec with { Channels = 256 }));
        yield return Case("mime type", WithCodec(Codec with { MimeType = "video/" }));
        yield return Case("mime type with NUL", WithCodec(Codec with { MimeType = "video/VP8\0" }));
        yield return Case("mime type with newline", WithCodec(Codec with { MimeType = "video/VP8\n" }));
        yield return Case("retransmission first", Samples.Vp8 with { Codecs = [Samples.Vp8.Codecs[1], Codec] });
        yield return Case("retransmission of nothing", Samples.Vp8 with
        {
            Codecs = [Codec, Samples.Vp8.Codecs[1] with { Parameters = new() { ["apt"] = 50 } }],
        });
        yield return Case("retransmission without apt", Samples.Vp8 with
        {
            Codecs = [Codec, Samples.Vp8.Codecs[1] with { Parameters = [] }],
        });
        yield return Case("parameter of 1 MB", WithCodec(Codec with { Parameters = new() { ["x"] = new string('a', 1 << 20) } }));
        yield return Case("parameter with NUL", WithCodec(Codec with { Parameters = new() { ["x"] = "a\0b" } }));
        yield return Case("parameter with half a pair", WithCodec(Codec with { Parameters = new() { ["x"] = "a\ud800" } }));
        yield return Case("parameter not a number", WithCodec(Codec with { Parameters = new() { ["x"] = double.NaN } }));
        yield return Case("parameter without name", WithCodec(Codec with { Parameters = new() { [""] = 1 } }));
        yield return Case("too much feedback", WithCodec(Codec with
        {
            RtcpFeedback = [.. Enumerable.Repeat(new RtcpFeedback("nack"), 33)],
        }));
        yield return Case("too many codecs", Samples.Vp8 with { Codecs = [.. Enumerable.Repeat(Codec, 129)] });
        yield return Case("extension id 0", WithExtension(0));
        yield return Case("extension id 256", WithExtension(256));
        yield return Case("extension id twice", WithExtension(4, 4));
        yield return Case("SSRC twice", WithEncodings(new() { Ssrc = 1 }, new() { Ssrc = 1 }));
        yield return Case("SSRC as retransmission", WithEncodings(new RtpEncodingParameters() { Ssrc = 1, Rtx = new(1) }));
        yield return Case("RID twice", WithEncodings(new() { Rid = "a" }, new() { Rid = "a" }));
        yield return Case("RID with blank", WithEncodings(new RtpEncodingParameters() { Rid = "a b" }));
        yield return Case("two nameless encodings", WithEncodings(new(), new()));
        yield return Case("nameless encoding without MID", Samples.Vp8 with { Mid = null, Encodings = [] });
        yield return Case("unknown codec of encoding", WithEncodings(new RtpEncodingParameters() { Ssrc = 1, CodecPayloadType = 5 }));
        yield return Case("scalability mode", WithEncodings(new RtpEncodingParameters() { Ssrc = 1, ScalabilityMode = "big" }));
        yield return Case("nine encodings", WithEncodings([.. Enumerable.Range(1, 9).Select(i => new RtpEncodingParameters { Ssrc = (uint)i })]));
        yield return Case("negative bitrate", WithEncodings(new RtpEncodingParameters() { Ssrc = 1, MaxBitrate = -1 }));
        yield return Case("MID of 1 MB", Samples.Vp8 with { Mid = new string('m', 1 << 20) });
        yield return Case("empty MID", Samples.Vp8 with { Mid = "" });
        yield return Case("CNAME with newline", Samples.Vp8 with { Rtcp = new("a\nb") });
    }

    [TestCaseSource(nameof(Nonsense))]
    public void Check_OfNonsense_Throws(RtpParameters parameters) =>
        Assert.That(() => RtpValidation.Check(MediaKind.Video, parameters), Throws.TypeOf<RtpException>());

    [Test]
    public void Check_WithoutEncodings_AddsTheOneOfItsMid()
    {
        RtpParameters parameters = RtpValidation.Check(MediaKind.Video, Samples.Vp8 with { Encodings = [] });

        Assert.That(parameters.Encodings, Is.EqualTo(new[] { new RtpEncodingParameters() }));
    }

    [Test]
    public void Check_OfCapabilities_RefusesNonsense()
    {
        RtpCodecCapability vp8 = Samples.Router.Codecs[1];

        Assert.That(() => RtpValidation.Check(new RtpCapabilities { Codecs = [vp8 with { MimeType = "nonsense" }] }), Throws.TypeOf<RtpException>());
        Assert.That(() => RtpValidation.Check(new RtpCapabilities { Codecs = [vp8 with { Kind = MediaKind.Audio }] }), Throws.TypeOf<RtpException>());
        Assert.That(() => RtpValidation.Check(new RtpCapabilities { Codecs = [vp8 with { PreferredPayloadType = 200 }] }), Throws.TypeOf<RtpException>());
        Assert.That(() => RtpValidation.Check(new RtpCapabilities { Codecs = [.. Enumerable.Repeat(vp8, 129)] }), Throws.TypeOf<RtpException>());
        Assert.That(
            () => RtpValidation.Check(new RtpCapabilities { HeaderExtensions = [new() { Uri = "", PreferredId = 1 }] }),
            Throws.TypeOf<RtpException>());
    }

    [Test]
    public void Json_LeavesWhatIsAbsentAtItsDefault()
    {
        RtpParameters parameters = JsonSerializer.Deserialize(
            """{"codecs":[{"mimeType":"audio/opus","payloadType":111,"clockRate":48000,"channels":2,"parameters":{"useinbandfec":1,"x":"y","z":true}}],"rtcp":{}}""",
            Json.Default.RtpParameters)!;

        Assert.That(parameters.HeaderExtensions, Is.Empty);
        Assert.That(parameters.Encodings, Is.Empty);
        Assert.That(parameters.Rtcp, Is.EqualTo(new RtcpParameters(null, true)));
        Assert.That(parameters.Codecs[0].Parameters.Keys, Is.EqualTo(new[] { "useinbandfec", "x", "z" }));
        Assert.That(parameters.Codecs[0].RtcpFeedback, Is.Empty);
    }

    private static TestCaseData<RtpParameters> Case(string name, RtpParameters parameters)
    {
        TestCaseData<RtpParameters> data = new(parameters);
        data.SetArgDisplayNames(name);
        return data;
    }

    private static RtpParameters WithCodec(RtpCodecParameters codec) => Samples.Vp8 with { Codecs = [codec] };

    private static RtpParameters WithExtension(params int[] ids) => Samples.Vp8 with
    {
        HeaderExtensions = [.. ids.Select(id => new RtpHeaderExtensionParameters { Uri = "urn:x", Id = id })],
    };

    private static RtpParameters WithEncodings(params RtpEncodingParameters[] encodings) => Samples.Vp8 with { Encodings = encodings };
}
