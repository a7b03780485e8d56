using Millrace.Interop;
using Millrace.Schema.Notification;
using Millrace.Schema.Request;

namespace Millrace.Controller.Tests.Channel;

[Parallelizable]
[CancelAfter(30_000)]
internal sealed class WorkerChannelTests
{
    [Test]
    public async Task Request_IsAnswered_WithTheWorkersWords()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync(script: _ => ScriptedAnswers.WorkerDump());
        await using Worker owned = worker;

        WorkerDump dump = await worker.DumpAsync();

        Assert.That(dump.ProcessId, Is.EqualTo(4711));
        Assert.That(dump.RouterIds, Is.EqualTo(new[] { "r1" }));
        Assert.That(peer.Methods, Is.EqualTo(new[] { Method.WORKER_DUMP }));
    }

    [TestCase("Error", WorkerError.Error)]
    [TestCase("TypeError", WorkerError.TypeError)]
    [TestCase("NotFoundError", WorkerError.NotFound)]
    [TestCase("SomethingNew", WorkerError.Error)]
    public async Task Refusal_IsAnException(string error, WorkerError expected)
    {
        (_, Worker worker) = await ScriptedWorker.StartAsync(
            script: _ => new ScriptedAnswer(Error: error, Reason: "no [method:worker.dump]"));
        await using Worker owned = worker;

        WorkerRequestException? refusal = await Assert.CatchAsync<WorkerRequestException>(() => worker.DumpAsync());

        Assert.That(refusal!.Error, Is.EqualTo(expected));
        Assert.That(refusal.Reason, Is.EqualTo("no [method:worker.dump]"));
        Assert.That(refusal.Method, Is.EqualTo("WORKER_DUMP"));
    }

    [Test]
    public async Task Frames_ArriveWhole_WhenTheyComeByteByByteOrAllAtOnce()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync(script: _ => null);
        await using Worker owned = worker;
        Task<WorkerDump>[] dumps = [.. Enumerable.Range(0, 65).Select(_ => worker.DumpAsync())];
        List<byte[]> answers = [];
        foreach (Task<WorkerDump> _ in dumps)
        {
            ScriptedRequest request = await peer.NextAsync();
            answers.Add(ScriptedWorker.ResponseFrame(request.Id, ScriptedAnswers.WorkerDump()));
        }

        foreach (byte single in answers[0])
        {
            peer.SendRaw([single]);
        }
        peer.SendRaw([.. answers.Skip(1).SelectMany(answer => answer)]);

        WorkerDump[] results = await Task.WhenAll(dumps);
        Assert.That(results.Select(dump => dump.ProcessId), Is.All.EqualTo(4711));
    }

    [Test]
    public async Task Silence_BecomesATimeout_AndTheLateAnswerIsCounted()
    {
        ManualTime time = new();
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync(time, _ => null);
        await using Worker owned = worker;
        Task<WorkerDump> first = worker.DumpAsync();
        ScriptedRequest request = await peer.NextAsync();
        time.Advance(TimeSpan.FromSeconds(3));
        Task<WorkerDump> second = worker.DumpAsync();
        ScriptedRequest later = await peer.NextAsync();

        time.Advance(TimeSpan.FromSeconds(2));
        await Assert.CatchAsync<TimeoutException>(() => first);
        Assert.That(second.IsCompleted, Is.False);
        peer.Answer(request.Id, ScriptedAnswers.WorkerDump());
        peer.Answer(later.Id, ScriptedAnswers.WorkerDump());
        await second;

        Assert.That(worker.Counters.TimedOutRequests, Is.EqualTo(1));
        Assert.That(worker.Counters.LateResponses, Is.EqualTo(1));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(worker.Counters.TimedOutRequests, Is.EqualTo(1));
    }

    [Test]
    public async Task Silence_OfManyRequests_TimesOutEach()
    {
        ManualTime time = new();
        (_, Worker worker) = await ScriptedWorker.StartAsync(time, _ => null);
        await using Worker owned = worker;
        List<Task<WorkerDump>> dumps = [];
        for (int i = 0; i < 10; i++)
        {
            dumps.Add(worker.DumpAsync());
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        time.Advance(TimeSpan.FromSeconds(4.5));
        Assert.That(dumps.Count(dump => dump.IsCompleted), Is.LessThan(10));
        time.Advance(TimeSpan.FromSeconds(1));

        foreach (Task<WorkerDump> dump in dumps)
        {
            await Assert.CatchAsync<TimeoutException>(() => dump);
        }
        Assert.That(worker.Counters.TimedOutRequests, Is.EqualTo(10));
    }

    [Test]
    public async Task Cancellation_EndsTheWait_AndTheAnswerIsIgnored()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync(script: _ => null);
        await using Worker owned = worker;
        using CancellationTokenSource cancel = new();
        Task<WorkerDump> dump = worker.DumpAsync(cancel.Token);
        ScriptedRequest request = await peer.NextAsync();

        await cancel.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => dump);
        peer.Answer(request.Id, ScriptedAnswers.WorkerDump());
        await Answered(peer, worker);
        Assert.That(worker.Counters.LateResponses, Is.EqualTo(1));
        await Assert.ThatAsync(() => worker.DumpAsync(cancel.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task UnknownAndDuplicateAnswers_AreIgnoredAndCounted()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync(script: _ => null);
        await using Worker owned = worker;
        peer.Answer(99_999, ScriptedAnswers.WorkerDump());
        Task<WorkerDump> dump = worker.DumpAsync();
        ScriptedRequest request = await peer.NextAsync();
        peer.Answer(request.Id, ScriptedAnswers.WorkerDump());
        peer.Answer(request.Id, ScriptedAnswers.WorkerDump());
        await dump;
        await Answered(peer, worker);

        Assert.That(worker.Counters.LateResponses, Is.EqualTo(2));
    }

    [Test]
    public async Task WrongBody_FailsTheRequest_AndTheChannelLives()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync(script: _ => new ScriptedAnswer());
        await using Worker owned = worker;

        await Assert.CatchAsync<WorkerProtocolException>(() => worker.DumpAsync());

        Assert.That(worker.Counters.CorruptFrames, Is.EqualTo(1));
        peer.Script = _ => ScriptedAnswers.WorkerDump();
        Assert.That((await worker.DumpAsync()).ProcessId, Is.EqualTo(4711));
    }

    [Test]
    public async Task ImpossibleLength_EndsTheWorker_AndFailsWhatWaits()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync(new ManualTime(), _ => null);
        await using Worker owned = worker;
        TaskCompletionSource<WorkerDied> died = new();
        worker.Died += died.SetResult;
        Task<WorkerDump> dump = worker.DumpAsync();
        await peer.NextAsync();

        peer.SendRaw([0xFF, 0xFF, 0xFF, 0xFF]);
        peer.Die(new WorkerExit(null, 9));

        await Assert.CatchAsync<WorkerDiedException>(() => dump);
        Assert.That((await died.Task).Reason, Does.Contain("4294967295 bytes").And.Contain("signal 9"));
    }

    [Test]
    public async Task Garbage_IsCounted_AndTooMuchOfItEndsTheWorker()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync(new ManualTime(), _ => null);
        await using Worker owned = worker;
        TaskCompletionSource<WorkerDied> died = new();
        worker.Died += died.SetResult;
        byte[] garbage = [8, 0, 0, 0, 255, 255, 255, 127, 1, 2, 3, 4];
        for (int i = 0; i < WorkerLimits.MaxCorruptFrames; i++)
        {
            peer.SendRaw(garbage);
        }
        await Answered(peer, worker);
        Assert.That(worker.Counters.CorruptFrames, Is.EqualTo(WorkerLimits.MaxCorruptFrames));
        Assert.That(worker.IsClosed, Is.False);

        peer.SendRaw(garbage);
        peer.Die(new WorkerExit(0, null));

        Assert.That((await died.Task).Reason, Does.Contain("too many frames"));
    }

    // Every single bit of a response and of a notification flipped: some change values, some cannot be read; none does harm.
    [Test]
    public void FlippedBits_AreReadOrRefused_NothingElse()
    {
        byte[] answer = ScriptedWorker.ResponseFrame(1, ScriptedAnswers.WorkerDump());
        byte[] notification = ScriptedWorker.NotificationFrame("x", Event.PRODUCER_SCORE);
        int read = 0;
        int refused = 0;
        foreach (byte[] frame in new[] { answer, notification })
        {
            for (int bit = 32; bit < frame.Length * 8; bit++)
            {
                byte[] flipped = [.. frame];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                try
                {
                    Controller.Wire.Inbound message = Controller.Wire.Inbound.Read(flipped, flipped.Length);
                    if (message.Kind == Controller.Wire.InboundKind.Response && message.Accepted)
                    {
                        Controller.Wire.WorkerRequests.DumpWorker().Read(message.Body);
                    }
                    read++;
                }
                catch (WorkerProtocolException)
                {
                    refused++;
                }
            }
        }

        Assert.That(refused, Is.GreaterThan(100));
        Assert.That(read, Is.GreaterThan(100));
    }

    [Test]
    public async Task TooManyWaiting_AreRefusedAtOnce()
    {
        (_, Worker worker) = await ScriptedWorker.StartAsync(script: _ => null);
        await using Worker owned = worker;
        Task<WorkerDump>[] dumps = [.. Enumerable.Range(0, WorkerLimits.MaxPendingRequests).Select(_ => worker.DumpAsync())];

        await Assert.CatchAsync<WorkerBusyException>(() => worker.DumpAsync());
        Assert.That(dumps.Count(dump => dump.IsCompleted), Is.Zero);
        await worker.DisposeAsync();
        await Assert.CatchAsync<WorkerDiedException>(() => Task.WhenAll(dumps));
    }

    [Test]
    public async Task Log_IsPassedOn()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        List<WorkerLog> logs = [];
        worker.Logged += logs.Add;

        peer.SendLog("DTransport::Connect() | connected");
        peer.SendLog("Wcareful");
        peer.SendLog("");
        await Answered(peer, worker);

        Assert.That(
            logs,
            Is.EqualTo(new WorkerLog[]
            {
                new(WorkerLogLevel.Debug, "Transport::Connect() | connected"),
                new(WorkerLogLevel.Warn, "careful"),
                new(WorkerLogLevel.Error, ""),
            }));
    }

    // Everything the peer sent before has been looked at once a later request is answered.
    private static async Task Answered(ScriptedWorker peer, Worker worker)
    {
        peer.Script = _ => ScriptedAnswers.WorkerDump();
        await worker.DumpAsync();
    }
}
