using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Controller.Tests.RealWorker.Ffmpeg;

/// <summary>
/// ffmpeg into plain transports and out of others, with and without SRTP: what it records of a call is a file that plays.
/// </summary>
[TestFixture]
[Category("RealWorker")]
[CancelAfter(120_000)]
internal sealed class FfmpegTests
{
    private const int SentSeconds = 6;
    private const int RecordedSeconds = 3;
    private const int OpusPacketsPerSecond = 50;

    private string _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("millrace-ffmpeg-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("vp8", false, true)]
    [TestCase("vp8", true, false)]
    [TestCase("h264", false, false)]
    [TestCase("h264", true, true)]
    public async Task Recording_OfACallThroughTheWorker_IsAFileThatPlays(
        string picture, bool srtp, bool rtcpMux, CancellationToken cancellation)
    {
        FfmpegStream[] streams = [FfmpegStream.Opus, picture == "vp8" ? FfmpegStream.Vp8 : FfmpegStream.H264];
        string source = await MakeSourceAsync(streams, cancellation);
        string recording = Path.Combine(_folder, "recording.mkv");
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(WorkerMode.Process), cancellation);
        await using Router router = await worker.CreateRouterAsync(Samples.RouterOptions, cancellation);
        FfmpegCall call = new(router, srtp, rtcpMux, streams);
        await call.SetUpAsync();

        Task recorded = call.RecordAsync(recording, RecordedSeconds, cancellation);
        await call.WaitForRecorderAsync(recorded, cancellation);
        Task sent = call.SendAsync(source, cancellation);
        await recorded;
        await sent;

        JsonNode probe = await Ffmpeg.ProbeAsync(recording, cancellation);
        double duration = double.Parse((string)probe["format"]!["duration"]!, CultureInfo.InvariantCulture);
        Assert.That(duration, Is.EqualTo(RecordedSeconds).Within(0.5));
        Assert.That(FramesOf(probe, picture), Is.EqualTo(RecordedSeconds * FfmpegStream.FramesPerSecond).Within(5));
        Assert.That(FramesOf(probe, "opus"), Is.EqualTo(RecordedSeconds * OpusPacketsPerSecond).Within(10));
    }

    private static int FramesOf(JsonNode probe, string codec)
    {
        JsonNode stream = probe["streams"]!.AsArray().Single(stream => (string)stream!["codec_name"]! == codec)!;
        return int.Parse((string)stream["nb_read_frames"]!, CultureInfo.InvariantCulture);
    }

    // Encoded before it is sent, so that a busy machine does not slow the call down.
    private async Task<string> MakeSourceAsync(FfmpegStream[] streams, CancellationToken cancellation)
    {
        string file = Path.Combine(_folder, "source.mkv");
        await Ffmpeg.RunAsync(
            [
                "-f", "lavfi", "-i", $"sine=frequency=440:sample_rate=48000:duration={SentSeconds}",
                "-f", "lavfi", "-i", $"testsrc=size=320x240:rate={FfmpegStream.FramesPerSecond}:duration={SentSeconds}",
                .. streams.SelectMany(stream => stream.Encode), "-b:v", "500k", file,
            ],
            cancellation);
        return file;
    }
}
