using FlatBuffers;
using Millrace.Controller.Rtp;
using Millrace.Controller.Wire;

namespace Millrace.Controller.Tests.Wire;

[Parallelizable]
internal sealed class RtpRoundTripTests
{
    public static IEnumerable<RtpParameters> Parameters() => [Samples.Opus, Samples.Vp8, Samples.Simulcast];

    [TestCaseSource(nameof(Parameters))]
    public void Parameters_ComeBackAsTheyWent(RtpParameters parameters)
    {
        FlatBufferBuilder builder = new(64);
        builder.Finish(RtpWriter.Parameters(builder, parameters).Value);

        RtpParameters read = RtpReader.Parameters(
            Schema.RtpParameters.RtpParameters.GetRootAsRtpParameters(new ByteBuffer(builder.SizedByteArray())));

        Assert.That(Text(read), Is.EqualTo(Text(parameters)));
    }

    [Test]
    public void Values_KeepTheirKinds()
    {
        RtpParameters parameters = Samples.Opus with
        {
            Codecs =
            [
                Samples.Opus.Codecs[0] with
                {
                    Parameters = new() { ["text"] = "a", ["whole"] = -5, ["real"] = 0.5, ["yes"] = true, ["no"] = false },
                },
            ],
        };
        FlatBufferBuilder builder = new(64);
        builder.Finish(RtpWriter.Parameters(builder, parameters).Value);

        RtpParameters read = RtpReader.Parameters(
            Schema.RtpParameters.RtpParameters.GetRootAsRtpParameters(new ByteBuffer(builder.SizedByteArray())));

        Assert.That(read.Codecs[0].Parameters, Is.EqualTo(parameters.Codecs[0].Parameters));
    }

    [Test]
    public void UnknownExtensions_AreLeftOut()
    {
        RtpParameters parameters = Samples.Opus with
        {
            HeaderExtensions = [new() { Uri = "urn:unknown", Id = 3 }, .. Samples.Opus.HeaderExtensions],
        };
        FlatBufferBuilder builder = new(64);
        builder.Finish(RtpWriter.Parameters(builder, parameters).Value);

        RtpParameters read = RtpReader.Parameters(
            Schema.RtpParameters.RtpParameters.GetRootAsRtpParameters(new ByteBuffer(builder.SizedByteArray())));

        Assert.That(read.HeaderExtensions.Select(extension => extension.Uri), Is.EqualTo(new[] { RtpHeaderExtensionUri.Mid }));
    }

    [Test]
    public void AFrameBeyondTheLimit_IsRefused()
    {
        string[] ids = [.. Enumerable.Range(0, 9).Select(_ => new string('x', 1 << 20))];

        Assert.That(
            () => WorkerRequests.CreateWebRtcServer("id", [.. ids.Select(id => new ListenInfo { Ip = id })]).Encode(1),
            Throws.TypeOf<ArgumentException>());
    }

    // Null and "false" are the same on this wire, and so are no feedback parameter and an empty one.
    private static string Text(RtpParameters parameters) => System.Text.Json.JsonSerializer.Serialize(
        parameters with
        {
            Encodings = [.. parameters.Encodings.Select(encoding => encoding with { Dtx = encoding.Dtx ?? false })],
        },
        Json.Default.RtpParameters);
}
