using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Millrace.Interop;

namespace Millrace.Controller.Tests.Transcripts;

/// <summary>
/// A worker that says what another one was recorded to say: it compares each frame it is sent with the recorded one, and then
/// speaks the recorded answer and what was said right after it.
/// </summary>
internal sealed class ReplayedWorker : IWorkerHost
{
    private const int HaltingBytes = 3;

    private readonly Pipe _toWorker = new();
    // A replay never waits for its reader.
    private readonly Pipe _fromWorker = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly TaskCompletionSource<WorkerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<JsonObject> _expected;
    private readonly List<JsonObject> _answers;
    private readonly Manner _manner;
    private readonly Task _loop;
    private bool _ended;

    public ReplayedWorker(Transcript transcript, Manner manner)
    {
        _expected = new Queue<JsonObject>(transcript.Frames.Where(Transcript.IsToWorker));
        _answers = [.. transcript.Frames.Where(frame => !Transcript.IsToWorker(frame))];
        _manner = manner;
        Channel = new Ends(_fromWorker.Reader, _toWorker.Writer);
        SpeakUntil(frame => Kind(frame) == "Response");
        _loop = RunAsync();
    }

    public IDuplexPipe Channel { get; }

    public int ProcessId => 4711;

    public Task<WorkerExit> Exited => _exited.Task;

    public Comparison Comparison { get; } = new();

    /// <summary>Recorded frames that nobody has sent.</summary>
    public IReadOnlyCollection<JsonObject> Unsent => _expected;

    public async ValueTask DisposeAsync() => await _loop;

    private static string Kind(JsonObject frame) => (string)frame["data_type"]!;

    private static JsonObject Data(JsonObject frame) => frame["data"]!.AsObject();

    private async Task RunAsync()
    {
        PipeReader reader = _toWorker.Reader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (Controller.Channel.FrameReader.TryRead(ref buffer, out ReadOnlySequence<byte> frame))
            {
                Receive(frame.ToArray());
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted || _ended)
            {
                break;
            }
        }
        await reader.CompleteAsync();
        await _fromWorker.Writer.CompleteAsync();
        _exited.TrySetResult(new WorkerExit(0, null));
    }

    private void Receive(byte[] frame)
    {
        try
        {
            Receive(FrameText.Read(frame));
        }
        catch (Exception exception)
        {
            // It must not end the loop: the test that waits for an answer would only see that none comes.
            Comparison.Report(exception.ToString());
        }
    }

    private void Receive(JsonObject ours)
    {
        if (!_expected.TryDequeue(out JsonObject? recorded))
        {
            Comparison.Report($"{ours.ToJsonString()} was not recorded at all");
            Refuse(ours);
            return;
        }
        string what = (string?)Data(recorded)["method"] ?? (string?)Data(recorded)["event"] ?? Kind(recorded);
        // The number of a request is the controller's own business.
        uint id = (uint?)Data(ours)["id"] ?? 0;
        uint recordedId = (uint?)Data(recorded)["id"] ?? 0;
        Data(ours).Remove("id");
        JsonObject expected = Data(recorded).DeepClone().AsObject();
        expected.Remove("id");
        Comparison.Compare(what, expected, Data(ours));
        _ended = (string?)Data(ours)["event"] == "WORKER_CLOSE";
        if (Kind(ours) == "Request")
        {
            Answer(recordedId, id);
        }
    }

    private void Refuse(JsonObject ours)
    {
        if (Kind(ours) == "Request")
        {
            Speak(new JsonObject
            {
                ["data_type"] = "Response",
                ["data"] = new JsonObject { ["id"] = (uint)Data(ours)["id"]!, ["error"] = "Error", ["reason"] = "it was not recorded" },
            });
        }
    }

    // Another controller may have asked twice before the first answer; ours waits, so its answer is looked up.
    private void Answer(uint recordedId, uint id)
    {
        int place = _answers.FindIndex(frame => Kind(frame) == "Response" && ((uint?)Data(frame)["id"] ?? 0) == recordedId);
        if (place < 0)
        {
            return;
        }
        JsonObject answer = _answers[place].DeepClone().AsObject();
        _answers.RemoveAt(place);
        Data(answer)["id"] = id;
        Speak(answer);
        SpeakUntil(frame => Kind(frame) == "Response");
    }

    private void SpeakUntil(Func<JsonObject, bool> end)
    {
        while (_answers.Count > 0 && !end(_answers[0]))
        {
            JsonObject frame = _answers[0];
            _answers.RemoveAt(0);
            Speak(frame);
        }
    }

    private void Speak(JsonObject frame)
    {
        JsonObject spoken = Comparison.Translate(string.Empty, frame)!.AsObject();
        spoken.Remove("to");
        if (_manner == Manner.Talkative)
        {
            Send(Log("WRTC::Transport::HandleRequest() | something worth a word"));
            Send(ScriptedWorker.NotificationFrame("nobody", Schema.Notification.Event.CONSUMER_PRODUCER_PAUSE));
            // Numbers that no release has used yet.
            Send(ScriptedWorker.NotificationFrame("nobody", (Schema.Notification.Event)250));
            Send(ScriptedWorker.NotificationFrame("4711", (Schema.Notification.Event)251));
        }
        Send(FrameText.Write(spoken));
        if (_manner == Manner.Talkative)
        {
            Send(Log("D"));
            Send(Log(string.Empty));
        }
    }

    private static byte[] Log(string text) => FrameText.Write(new JsonObject
    {
        ["data_type"] = "Log",
        ["data"] = new JsonObject { ["data"] = text },
    });

    private void Send(byte[] frame)
    {
        int step = _manner == Manner.Halting ? HaltingBytes : frame.Length;
        for (int at = 0; at < frame.Length; at += step)
        {
            _fromWorker.Writer.Write(frame.AsSpan(at, Math.Min(step, frame.Length - at)));
            ValueTask<FlushResult> flushed = _fromWorker.Writer.FlushAsync();
            Assert.That(flushed.IsCompleted, Is.True);
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
