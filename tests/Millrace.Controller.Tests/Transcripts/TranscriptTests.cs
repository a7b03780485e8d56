namespace Millrace.Controller.Tests.Transcripts;

/// <summary>
/// Golden transcripts of mediasoup 3.27.1: our controller says for the same calls what that one was recorded to say, and
/// understands what it is answered, however the worker puts it.
/// </summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(30_000)]
internal sealed class TranscriptTests
{
    private static IEnumerable<string> Names => Scenarios.All.Keys;

    [Test]
    public async Task Controller_SaysWhatWasRecorded(
        [ValueSource(nameof(Names))] string scenario, [Values] Manner manner)
    {
        Transcript transcript = Transcript.Load(scenario);
        ReplayedWorker peer = new(transcript, manner);
        Worker worker = await Worker.StartAsync(peer, new WorkerOptions());

        await Scenarios.All[scenario](worker, transcript);
        WorkerCounters counters = worker.Counters;
        await worker.DisposeAsync();

        Assert.That(peer.Comparison.Differences, Is.Empty);
        Assert.That(peer.Unsent, Is.Empty);
        Assert.That((counters.CorruptFrames, counters.LateResponses, counters.FailedHandlers), Is.EqualTo((0, 0, 0)));
    }

    [Test]
    public void EveryRecording_HasItsScenario() => Assert.That(
        Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Millrace.Controller.Tests", "data", "transcripts"), "*.json")
            .Select(Path.GetFileNameWithoutExtension),
        Is.EquivalentTo(Names));

    [Test]
    public void Frames_SurviveTheWayThroughText(
        [ValueSource(nameof(Names))] string scenario)
    {
        foreach (System.Text.Json.Nodes.JsonObject frame in Transcript.Load(scenario).Frames)
        {
            frame.Remove("to");

            Assert.That(FrameText.Read(FrameText.Write(frame)).ToJsonString(), Is.EqualTo(frame.ToJsonString()));
        }
    }
}
