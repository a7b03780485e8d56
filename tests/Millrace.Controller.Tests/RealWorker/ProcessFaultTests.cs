using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>A worker process that is killed, stopped, starved of processor, memory or descriptors, and what its neighbours notice of it.</summary>
[Category("RealWorker")]
[SupportedOSPlatform("linux")]
[CancelAfter(120_000)]
internal sealed class ProcessFaultTests
{
    private const int Stop = 19;
    private const int Continue = 18;

    private static CancellationToken Deadline => TestContext.CurrentContext.CancellationToken;

    // WK-01
    [Test]
    public async Task KilledWorker_WithTwentyRoutersAndAHundredTransports_IsSeenAndReplaced()
    {
        await using WorkerPool pool = await StartAsync(2);
        WorkerSlot slot = pool.Slots[0];
        Router neighbour = await pool.Slots[1].Worker!.CreateRouterAsync(Samples.RouterOptions);
        List<Router> routers = [];
        List<WebRtcTransport> transports = [];
        for (int i = 0; i < 20; i++)
        {
            routers.Add(await slot.Worker!.CreateRouterAsync(Samples.RouterOptions));
            for (int peer = 0; peer < 5; peer++)
            {
                transports.Add(await routers[i].CreateWebRtcTransportAsync(Samples.WebRtcOptions));
            }
        }
        int closed = 0;
        transports.ForEach(transport => transport.Closed += _ => Interlocked.Increment(ref closed));
        TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        slot.Lost += _ => lost.SetResult();
        slot.Ready += _ => ready.SetResult();

        Stopwatch watch = Stopwatch.StartNew();
        Kill(slot.Worker!.ProcessId);
        await lost.Task.WaitAsync(Deadline);
        TimeSpan seen = watch.Elapsed;
        await ready.Task.WaitAsync(Deadline);

        await TestContext.Out.WriteLineAsync(
            $"seen after {seen.TotalMilliseconds:0} ms (goal 100), ready after {watch.ElapsedMilliseconds} ms (goal 500)");
        Assert.That(closed, Is.EqualTo(100));
        Assert.That(routers.All(router => router.IsClosed), Is.True);
        Assert.That(neighbour.IsClosed, Is.False);
        Assert.That((await slot.Worker!.DumpAsync()).RouterIds, Is.Empty);
    }

    // WK-02
    [Test]
    public async Task WorkerThatDiesAtEveryStart_IsStartedEverLater_AndSaidToBeUnhealthy()
    {
        string folder = Directory.CreateTempSubdirectory("millrace-faults").FullName;
        string program = Path.Combine(folder, "worker");
        try
        {
            await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec '{NativeFolder.FileOf(WorkerMode.Process)}' \"$@\"\n", Deadline);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await using WorkerSlot slot = await WorkerSlot.StartAsync(
                0, new WorkerSlotOptions { Worker = new WorkerOptions { Path = program } }, Deadline);
            Heard<Exception> failed = new();
            slot.StartFailed += failed.Add;

            await File.WriteAllTextAsync(program, "#!/bin/sh\nexit 42\n", Deadline);
            Stopwatch watch = Stopwatch.StartNew();
            Kill(slot.Worker!.ProcessId);
            for (int start = 0; start < 5; start++)
            {
                await failed.NextAsync();
            }

            // 0, 0.1, 0.2, 0.4 and 0.8 s before the five starts.
            await TestContext.Out.WriteLineAsync($"five starts in {watch.Elapsed.TotalSeconds:0.0} s");
            Assert.That(watch.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1.4)));
            Assert.That(slot.IsHealthy, Is.False);
            Assert.That(slot.IsReady, Is.False);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // IP-04
    [Test]
    public async Task StoppedWorker_TimesRequestsOut_KeepsItsQueueBounded_AndSlowsNobody()
    {
        await using DirectCall call = await DirectCall.StartAsync(WorkerMode.Process);
        await using DirectCall neighbour = await DirectCall.StartAsync(WorkerMode.Process);
        DataProducer source = await call.Transport.ProduceDataAsync(new DataProducerOptions());
        Signal(call.Worker.ProcessId, Stop);
        try
        {
            // Far more than the pipe holds, and than may wait behind it.
            DataMessage message = DataMessage.OfBinary(new byte[100_000]);
            Assert.That(
                () =>
                {
                    for (int i = 0; i < 2 * WorkerLimits.MaxQueuedBytes / 100_000; i++)
                    {
                        source.Send(message);
                    }
                },
                Throws.TypeOf<WorkerBusyException>());
            Task<WorkerDump>[] full = [.. Enumerable.Range(0, 100).Select(_ => call.Worker.DumpAsync())];
            Stopwatch watch = Stopwatch.StartNew();
            int answered = 0;
            while (full.Any(request => !request.IsCompleted))
            {
                await neighbour.Worker.DumpAsync(Deadline);
                answered++;
            }

            await TestContext.Out.WriteLineAsync(
                $"{full.Length} requests failed within {watch.ElapsedMilliseconds} ms; the neighbour answered {answered} meanwhile");
            foreach (Task<WorkerDump> request in full)
            {
                Exception? failure = await Assert.CatchAsync<Exception>(() => request);
                Assert.That(failure, Is.InstanceOf<TimeoutException>().Or.InstanceOf<WorkerBusyException>());
            }
        }
        finally
        {
            Signal(call.Worker.ProcessId, Continue);
        }
        Assert.That((await call.Worker.DumpAsync()).RouterIds, Has.Count.EqualTo(1), "it works off what waited and answers");
    }

    // WK-06
    [Test]
    public async Task WorkerWithoutMemory_RefusesOrDies_AndIsReplaced_AndItsNeighbourStays()
    {
        await using WorkerPool pool = await StartAsync(2);
        WorkerSlot slot = pool.Slots[0];
        Router neighbour = await pool.Slots[1].Worker!.CreateRouterAsync(Samples.RouterOptions);
        Worker starved = slot.Worker!;
        Heard<string> lost = new();
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        slot.Lost += lost.Add;
        slot.Ready += _ => ready.TrySetResult();
        string pages = (await File.ReadAllTextAsync($"/proc/{starved.ProcessId}/statm", Deadline)).Split(' ')[0];
        long used = long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        await LimitAsync(starved, "as", used + 8_000_000);

        int routers = 0;
        Exception? failure = null;
        try
        {
            while (routers < 100_000)
            {
                Router router = await starved.CreateRouterAsync(Samples.RouterOptions, Deadline);
                await router.CreateDirectTransportAsync(new DirectTransportOptions(), Deadline);
                routers++;
            }
        }
        catch (Exception e) when (e is WorkerDiedException or WorkerRequestException or TimeoutException or ObjectClosedException)
        {
            failure = e;
        }

        await TestContext.Out.WriteLineAsync($"after {routers} routers: {failure?.GetType().Name} {failure?.Message}");
        Assert.That(failure, Is.Not.Null);
        if (failure is WorkerDiedException or ObjectClosedException)
        {
            await lost.NextAsync();
            await ready.Task.WaitAsync(Deadline);
            Assert.That((await slot.Worker!.DumpAsync()).RouterIds, Is.Empty);
        }
        Assert.That((await neighbour.DumpAsync()).TransportIds, Is.Empty);
    }

    // WK-07
    [Test]
    public async Task WorkerWithoutDescriptors_RefusesTransports_WhileItsCallGoesOn()
    {
        await using DirectCall call = await DirectCall.StartAsync(WorkerMode.Process);
        using UdpPeer peer = new();
        PlainTransport transport = await call.Router.CreatePlainTransportAsync(Samples.PlainOptions with { Comedia = false });
        await transport.ConnectAsync(new() { Ip = "127.0.0.1", Port = peer.Port });
        Producer producer = await call.Transport.ProduceAsync(Samples.OpusProducer);
        await transport.ConsumeAsync(new() { Producer = producer, RtpCapabilities = call.Router.RtpCapabilities });
        int open = Directory.GetFileSystemEntries($"/proc/{call.Worker.ProcessId}/fd").Length;
        await LimitAsync(call.Worker, "nofile", open + 10);

        int created = 0;
        WorkerRequestException? refusal = null;
        while (refusal is null && created < 50)
        {
            try
            {
                await call.Router.CreatePlainTransportAsync(Samples.PlainOptions, Deadline);
                created++;
            }
            catch (WorkerRequestException e)
            {
                refusal = e;
            }
        }

        await TestContext.Out.WriteLineAsync($"{created} transports, then: {refusal?.Reason}");
        Assert.That(refusal, Is.Not.Null);
        Assert.That(created, Is.InRange(1, 10));
        using (Streamer streamer = new(sequence => producer.Send(RtpPackets.Opus(sequence))))
        {
            await peer.ReceiveAsync(datagram => RtpPackets.PayloadTypeOf(datagram) == 100);
        }
        await LimitAsync(call.Worker, "nofile", open + 100);
        await call.Router.CreatePlainTransportAsync(Samples.PlainOptions, Deadline);
    }

    // WK-11: a fifth of a core, as a quota gives it.
    [Test]
    public async Task WorkerWithAFifthOfACore_Answers_ForwardsMedia_AndIsNotKilled()
    {
        await using WorkerPool pool = await StartAsync(1);
        WorkerSlot slot = pool.Slots[0];
        Worker worker = slot.Worker!;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        DirectTransport direct = await router.CreateDirectTransportAsync(new DirectTransportOptions());
        Producer producer = await direct.ProduceAsync(Samples.OpusProducer);
        int arrived = 0;
        await direct.ConsumeAsync(new()
        {
            Producer = producer,
            RtpCapabilities = router.RtpCapabilities,
            Created = consumer => consumer.RtpReceived += _ => Interlocked.Increment(ref arrived),
        });
        int lost = 0;
        slot.Lost += _ => Interlocked.Increment(ref lost);
        int answered = 0;
        int sent = 0;
        try
        {
            using Streamer streamer = new(sequence =>
            {
                producer.Send(RtpPackets.Opus(sequence));
                Interlocked.Increment(ref sent);
            });
            using PeriodicTimer slice = new(TimeSpan.FromMilliseconds(20));
            Task<WorkerDump> request = worker.DumpAsync();
            for (int i = 0; i < 300; i++)
            {
                Signal(worker.ProcessId, i % 5 == 0 ? Continue : Stop);
                await slice.WaitForNextTickAsync(Deadline);
                if (request.IsCompleted)
                {
                    await request;
                    answered++;
                    request = worker.DumpAsync();
                }
            }
            Signal(worker.ProcessId, Continue);
            await request;
        }
        finally
        {
            Signal(worker.ProcessId, Continue);
        }
        // What was sent before a request is taken before it.
        await worker.DumpAsync();

        await TestContext.Out.WriteLineAsync($"{answered} answers, {arrived} of {sent} packets, in six seconds at a fifth of a core");
        Assert.That(lost, Is.Zero);
        Assert.That(slot.Worker, Is.SameAs(worker));
        Assert.That(answered, Is.GreaterThan(5));
        Assert.That(arrived, Is.GreaterThan(sent * 9 / 10));
    }

    // SI-12
    [Test]
    public async Task FloodOfAHundredThousandDatagrams_LeavesTheCallBesideItAlone()
    {
        await using DirectCall call = await DirectCall.StartAsync(WorkerMode.Process);
        WebRtcTransport target = await call.Router.CreateWebRtcTransportAsync(Samples.WebRtcOptions);
        using UdpPeer stranger = new();
        byte[] check = StunPackets.Nominate(target.IceParameters with { Password = "not the password" }, 1);
        byte[] junk = [0x80, 96, .. new byte[500]];
        int port = target.IceCandidates[0].Port;
        PlainTransport source = await call.Router.CreatePlainTransportAsync(Samples.PlainOptions);
        Producer producer = await source.ProduceAsync(Samples.OpusProducer);
        int arrived = 0;
        await call.ConsumeAsync(producer, consumer => consumer.RtpReceived += _ => Interlocked.Increment(ref arrived));
        using UdpPeer microphone = new();
        int sent = 0;
        int answered = 0;

        Stopwatch watch = Stopwatch.StartNew();
        using (Streamer streamer = new(sequence =>
        {
            microphone.Send(source.Tuple.LocalPort, RtpPackets.Opus(sequence));
            Interlocked.Increment(ref sent);
        }))
        {
            Task flood = Task.Run(
                () =>
                {
                    for (int i = 0; i < 100_000; i++)
                    {
                        stranger.Send(port, i % 2 == 0 ? check : junk);
                    }
                },
                Deadline);
            while (!flood.IsCompleted)
            {
                await call.Worker.DumpAsync(Deadline);
                answered++;
            }
            await flood;
        }
        double seconds = watch.Elapsed.TotalSeconds;
        await WaitUntilAsync(() => Volatile.Read(ref arrived) >= sent * 9 / 10);

        await TestContext.Out.WriteLineAsync(
            $"{100_000 / seconds:0} datagrams a second beside the call: {arrived} of {sent} packets, {answered} requests answered");
        Assert.That(answered, Is.GreaterThan(0));
        Assert.That(target.IceState, Is.EqualTo(IceState.New));
    }

    // SC-05: a peer that is there and takes nothing.
    [Test]
    public async Task StoppedDataPeer_FillsItsBufferToItsCap_AndIsClosedWithAReason_WhileOthersGetEverything()
    {
        await using DirectCall call = await DirectCall.StartAsync(WorkerMode.Process);
        await using DirectCall other = await DirectCall.StartAsync(WorkerMode.Process);
        PlainTransportOptions options = new()
        {
            ListenInfo = new() { Ip = "127.0.0.1" },
            EnableSctp = true,
            Sctp = new() { SendBufferSize = 1_000_000, PerStreamSendQueueLimit = 1_000_000 },
        };
        PlainTransport near = await call.Router.CreatePlainTransportAsync(options);
        PlainTransport far = await other.Router.CreatePlainTransportAsync(options);
        Heard<SctpState> states = new();
        near.SctpStateChanged += states.Add;
        await near.ConnectAsync(new() { Ip = far.Tuple.LocalAddress, Port = far.Tuple.LocalPort });
        await far.ConnectAsync(new() { Ip = near.Tuple.LocalAddress, Port = near.Tuple.LocalPort });
        await states.NextAsync(state => state == SctpState.Connected);
        DataProducer source = await call.Transport.ProduceDataAsync(new DataProducerOptions());
        Heard<CloseReason> closed = new();
        await near.ConsumeDataAsync(new DataConsumerOptions
        {
            DataProducer = source,
            CloseWhenFull = true,
            Created = created => created.Closed += closed.Add,
        });
        Heard<DataMessage> heard = new();
        await call.Transport.ConsumeDataAsync(new DataConsumerOptions
        {
            DataProducer = source,
            Created = created => created.MessageReceived += heard.Add,
        });

        Signal(other.Worker.ProcessId, Stop);
        try
        {
            for (int i = 0; i < 40; i++)
            {
                source.Send(DataMessage.OfBinary(new byte[100_000]));
            }
            Assert.That(await closed.NextAsync(), Is.EqualTo(CloseReason.SendBufferFull));
        }
        finally
        {
            Signal(other.Worker.ProcessId, Continue);
        }
        for (int i = 0; i < 40; i++)
        {
            await heard.NextAsync();
        }
        Assert.That((await near.DumpAsync()).DataConsumerIds, Is.Empty);
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            await look.WaitForNextTickAsync(Deadline);
        }
    }

    private static Task<WorkerPool> StartAsync(int workers) => WorkerPool.StartAsync(
        [.. Enumerable.Repeat(new WorkerSlotOptions { Worker = NativeFolder.OptionsOf(WorkerMode.Process) }, workers)], Deadline);

    private static void Kill(int process)
    {
        using Process worker = Process.GetProcessById(process);
        worker.Kill();
    }

    // prlimit(1) of util-linux changes the limit of a process that runs.
    private static async Task LimitAsync(Worker worker, string resource, long limit)
    {
        using Process prlimit = Process.Start(
            "prlimit", ["--pid", worker.ProcessId.ToString(CultureInfo.InvariantCulture), $"--{resource}={limit}:"]);
        await prlimit.WaitForExitAsync(Deadline);
        Assert.That(prlimit.ExitCode, Is.Zero);
    }

    private static void Signal(int process, int signal) => Assert.That(SendSignal(process, signal), Is.Zero);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
