using Millrace.Interop;
using Millrace.Schema.Request;

namespace Millrace.Controller.Tests;

[Parallelizable]
[CancelAfter(30_000)]
internal sealed class WorkerTests
{
    [Test]
    public async Task Start_WaitsUntilTheWorkerRuns()
    {
        ScriptedWorker peer = new();
        Task<Worker> starting = Worker.StartAsync(peer, new WorkerOptions { TimeProvider = new ManualTime() });
        Assert.That(starting.IsCompleted, Is.False);

        peer.SendRunning();

        await using Worker worker = await starting;
        Assert.That(worker.ProcessId, Is.EqualTo(4711));
    }

    [Test]
    public async Task Start_OfASilentWorker_TimesOut()
    {
        ManualTime time = new();
        ScriptedWorker peer = new();
        Task<Worker> starting = Worker.StartAsync(peer, new WorkerOptions { TimeProvider = time });

        time.Advance(TimeSpan.FromSeconds(11));

        await Assert.CatchAsync<TimeoutException>(() => starting);
        Assert.That((await peer.Exited).Code, Is.Zero);
    }

    [Test]
    public async Task Start_OfAWorkerThatEndsAtOnce_SaysHow()
    {
        ScriptedWorker peer = new();
        Task<Worker> starting = Worker.StartAsync(peer, new WorkerOptions { TimeProvider = new ManualTime() });

        peer.Die(new WorkerExit(42, null));

        WorkerStartException? refusal = await Assert.CatchAsync<WorkerStartException>(() => starting);
        Assert.That(refusal!.Message, Does.Contain("exit code 42"));
    }

    [Test]
    public async Task Start_OfAMissingProgram_Throws() =>
        await Assert.CatchAsync<WorkerStartException>(
            () => Worker.StartAsync(new WorkerOptions { Path = "/nonexistent/millrace-worker" }));

    [Test]
    public async Task Dispose_TellsTheWorkerToEnd_OnceForAll()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        List<string> events = [];
        router.Closed += reason => events.Add($"router {reason}");
        worker.Closed += reason => events.Add($"worker {reason}");
        worker.Died += _ => events.Add("died");

        await Task.WhenAll(worker.DisposeAsync().AsTask(), worker.DisposeAsync().AsTask());
        await worker.DisposeAsync();

        Assert.That(events, Is.EqualTo(new[] { "router ParentClosed", "worker Closed" }));
        Assert.That(worker.IsClosed, Is.True);
        await Assert.CatchAsync<WorkerDiedException>(() => worker.DumpAsync());
        await Assert.CatchAsync<ObjectClosedException>(() => router.DumpAsync());
        Assert.That(peer.Methods, Is.EqualTo(new[] { Method.WORKER_CREATE_ROUTER }));
    }

    [Test]
    public async Task Death_FailsWhatWaits_ClosesEverything_AndIsToldOnce()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync(new ManualTime());
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(Samples.WebRtcOptions);
        Producer producer = await transport.ProduceAsync(Samples.OpusProducer);
        List<string> events = [];
        producer.Closed += reason => events.Add($"producer {reason}");
        transport.Closed += reason => events.Add($"transport {reason}");
        router.Closed += reason => events.Add($"router {reason}");
        TaskCompletionSource<WorkerDied> died = new(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Died += reason =>
        {
            events.Add("died");
            died.SetResult(reason);
        };
        peer.Script = _ => null;
        Task<WorkerDump> dump = worker.DumpAsync();
        Task closing = producer.CloseAsync();

        peer.Die(new WorkerExit(null, 9));

        WorkerDied reason = await died.Task;
        Assert.That(reason.Exit, Is.EqualTo(new WorkerExit(null, 9)));
        await Assert.CatchAsync<WorkerDiedException>(() => dump);
        await closing;
        Assert.That(
            events,
            Is.EqualTo(new[] { "producer Closed", "transport WorkerDied", "router WorkerDied", "died" }));
        await Assert.CatchAsync<WorkerDiedException>(() => worker.CreateRouterAsync(Samples.RouterOptions));
        await Assert.CatchAsync<ObjectClosedException>(() => transport.GetStatsAsync());
        await router.CloseAsync();
        await transport.DisposeAsync();
    }

    [Test]
    public async Task ThrowingHandler_IsCountedAndTold_AndHurtsNobodyElse()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        List<Exception> failures = [];
        worker.HandlerFailed += failures.Add;
        worker.Logged += _ => throw new InvalidOperationException("mine");
        peer.SendLog("E1");
        peer.SendLog("E2");

        await worker.CreateRouterAsync(Samples.RouterOptions);

        Assert.That(failures.Select(failure => failure.Message), Is.EqualTo(new[] { "mine", "mine" }));
        Assert.That(worker.Counters.FailedHandlers, Is.EqualTo(2));
    }

    [Test]
    public async Task CreateRouter_OfAnUnsupportedCodec_AsksTheWorkerNothing()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        RouterOptions options = new()
        {
            MediaCodecs = [new() { Kind = Controller.Rtp.MediaKind.Audio, MimeType = "audio/unknown", ClockRate = 8000 }],
        };

        await Assert.ThatAsync(() => worker.CreateRouterAsync(options), Throws.TypeOf<Controller.Rtp.RtpException>());
        Assert.That(peer.Methods, Is.Empty);
    }

    // mediasoup-worker 3.27.1 refuses a method that it does not know, and goes on.
    [Test]
    public async Task Counters_OfAWorkerWithoutThem_AreNotSupported()
    {
        (_, Worker worker) = await ScriptedWorker.StartAsync(script: request =>
            request.Method == Method.WORKER_GET_COUNTERS
                ? new ScriptedAnswer { Error = "Error", Reason = "unknown method" }
                : ScriptedAnswers.Accept(request));
        await using Worker owned = worker;

        NotSupportedException? refusal = await Assert.CatchAsync<NotSupportedException>(() => worker.GetCountersAsync());

        Assert.That(refusal!.Message, Does.Contain("unknown method"));
        Assert.That(worker.IsClosed, Is.False);
        await worker.CreateRouterAsync(Samples.RouterOptions);
    }
}
