using Millrace.Controller.Rtp;
using Millrace.Interop;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>Every call of the controller against the built worker, as a process and within this one.</summary>
[TestFixture(WorkerMode.Process)]
[TestFixture(WorkerMode.InProcess)]
[Category("RealWorker")]
[CancelAfter(60_000)]
internal sealed class RealWorkerTests(WorkerMode mode)
{
    [Test]
    public async Task Worker_AnswersForItself()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        await using Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        await worker.UpdateSettingsAsync(WorkerLogLevel.Debug, WorkerLogTags.Info | WorkerLogTags.Ice);

        WorkerDump dump = await worker.DumpAsync();
        WorkerResourceUsage usage = await worker.GetResourceUsageAsync();

        Assert.That(dump.RouterIds, Is.EqualTo(new[] { router.Id }));
        Assert.That(dump.ProcessId, Is.EqualTo(worker.ProcessId));
        Assert.That(usage.MaxResidentSet, Is.GreaterThan(0));
    }

    [Test]
    public async Task WebRtcServer_SharesItsSockets()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        await using Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcServer server = await worker.CreateWebRtcServerAsync(new WebRtcServerOptions
        {
            ListenInfos = [new() { Ip = "127.0.0.1" }, new() { Ip = "127.0.0.1", Protocol = TransportProtocol.Tcp }],
        });
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(new WebRtcTransportOptions { WebRtcServer = server });

        WebRtcServerDump dump = await server.DumpAsync();

        Assert.That(dump.WebRtcTransportIds, Is.EqualTo(new[] { transport.Id }));
        Assert.That(dump.UdpSockets.Single().Port, Is.EqualTo(transport.IceCandidates.Single(c => c.Protocol == TransportProtocol.Udp).Port));
        Assert.That(dump.LocalIceUsernameFragments.Single().Value, Is.EqualTo(transport.Id));
        await server.CloseAsync();
        Assert.That((await router.DumpAsync()).TransportIds, Is.Empty);
        Assert.That((await worker.DumpAsync()).WebRtcServerIds, Is.Empty);
    }

    [Test]
    public async Task WebRtcTransport_TakesEveryCall()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        await using Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(Samples.WebRtcOptions);
        string ufrag = transport.IceParameters.UsernameFragment;

        await transport.SetMaxIncomingBitrateAsync(1_600_000);
        await transport.SetMaxOutgoingBitrateAsync(2_000_000);
        await transport.SetMinOutgoingBitrateAsync(100_000);
        await transport.EnableTraceEventAsync([TraceEventType.Bwe, TraceEventType.Probation]);
        await transport.ConnectAsync(Samples.Dtls);
        IceParameters restarted = await transport.RestartIceAsync();
        WebRtcTransportDump dump = await transport.DumpAsync();
        WebRtcTransportStats stats = await transport.GetStatsAsync();

        Assert.That(restarted.UsernameFragment, Is.Not.EqualTo(ufrag));
        Assert.That(transport.DtlsParameters.Role, Is.EqualTo(DtlsRole.Server));
        Assert.That(transport.DtlsParameters.Fingerprints, Has.Count.EqualTo(5));
        Assert.That(dump.IceParameters, Is.EqualTo(restarted));
        Assert.That(dump.TraceEventTypes, Is.EquivalentTo(new[] { TraceEventType.Bwe, TraceEventType.Probation }));
        Assert.That(stats.TransportId, Is.EqualTo(transport.Id));
        Assert.That(stats.IceState, Is.EqualTo(IceState.New));
        await transport.CloseAsync();
        Assert.That((await router.DumpAsync()).TransportIds, Is.Empty);
    }

    [Test]
    public async Task PlainTransport_TakesEveryCall()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        await using Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        PlainTransport transport = await router.CreatePlainTransportAsync(new PlainTransportOptions
        {
            ListenInfo = new() { Ip = "127.0.0.1" },
            RtcpMux = false,
            EnableSrtp = true,
        });
        string key = Convert.ToBase64String(new byte[30]);

        Assert.That(transport.RtcpTuple, Is.Not.Null);
        Assert.That(transport.SrtpParameters!.CryptoSuite, Is.EqualTo(SrtpCryptoSuite.AesCm128HmacSha1With80Bits));
        await transport.ConnectAsync(new PlainTransportConnectOptions
        {
            Ip = "127.0.0.1",
            Port = 9,
            RtcpPort = 10,
            SrtpParameters = new(SrtpCryptoSuite.AesCm128HmacSha1With80Bits, key),
        });
        PlainTransportDump dump = await transport.DumpAsync();
        PlainTransportStats stats = await transport.GetStatsAsync();

        Assert.That((transport.Tuple.RemoteIp, transport.Tuple.RemotePort), Is.EqualTo(("127.0.0.1", 9)));
        Assert.That((transport.RtcpTuple!.RemotePort, dump.RtcpMux, stats.Comedia), Is.EqualTo((10, false, false)));
        Assert.That(stats.Tuple, Is.EqualTo(transport.Tuple));
    }

    [Test]
    public async Task ProducerAndConsumer_TakeEveryCall()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        await using Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport sender = await router.CreateWebRtcTransportAsync(Samples.WebRtcOptions);
        WebRtcTransport receiver = await router.CreateWebRtcTransportAsync(Samples.WebRtcOptions);
        Producer producer = await sender.ProduceAsync(Samples.Vp8Producer);
        TaskCompletionSource paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<CloseReason> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Consumer consumer = await receiver.ConsumeAsync(new ConsumerOptions
        {
            Producer = producer,
            RtpCapabilities = router.RtpCapabilities,
            Paused = true,
            Created = created =>
            {
                created.ProducerPaused += paused.SetResult;
                created.ProducerResumed += resumed.SetResult;
                created.Closed += closed.SetResult;
            },
        });

        await producer.EnableTraceEventAsync([TraceEventType.KeyFrame, TraceEventType.SenderReport]);
        await consumer.EnableTraceEventAsync([TraceEventType.Rtp]);
        await producer.PauseAsync();
        await paused.Task;
        await producer.ResumeAsync();
        await resumed.Task;
        await consumer.ResumeAsync();
        await consumer.RequestKeyFrameAsync();
        Assert.That(await consumer.SetPriorityAsync(5), Is.EqualTo(5));
        await consumer.SetPreferredLayersAsync(new ConsumerLayers(0, 0));
        ProducerDump producerDump = await producer.DumpAsync();
        ConsumerDump consumerDump = await consumer.DumpAsync();
        await producer.GetStatsAsync();
        IReadOnlyList<RtpStreamStats> stats = await consumer.GetStatsAsync();
        RouterDump routerDump = await router.DumpAsync();

        Assert.That((producer.Type, producerDump.Kind, producerDump.Paused), Is.EqualTo((RtpType.Simple, MediaKind.Video, false)));
        Assert.That(producerDump.RtpMapping.Codecs, Is.EqualTo(new CodecMapping[] { new(96, 101), new(97, 102) }));
        Assert.That(producerDump.TraceEventTypes, Is.EquivalentTo(new[] { TraceEventType.KeyFrame, TraceEventType.SenderReport }));
        Assert.That((consumerDump.ProducerId, consumerDump.Paused, consumerDump.Priority), Is.EqualTo((producer.Id, false, 5)));
        Assert.That(consumerDump.RtpParameters.Encodings[0].Ssrc, Is.EqualTo(consumer.RtpParameters.Encodings[0].Ssrc));
        Assert.That(consumerDump.SupportedCodecPayloadTypes, Has.Member(101));
        Assert.That(stats.Select(entry => entry.Type), Has.Member("outbound-rtp"));
        Assert.That(routerDump.ConsumersByProducer[producer.Id], Is.EqualTo(new[] { consumer.Id }));
        await producer.CloseAsync();
        Assert.That(await closed.Task, Is.EqualTo(CloseReason.ProducerClosed));
        Assert.That((await receiver.DumpAsync()).ConsumerIds, Is.Empty);
    }

    [Test]
    public async Task AudioLevelObserver_TakesEveryCall()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        await using Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        PlainTransport transport = await router.CreatePlainTransportAsync(Samples.PlainOptions);
        Producer producer = await transport.ProduceAsync(Samples.OpusProducer);
        AudioLevelObserver observer = await router.CreateAudioLevelObserverAsync(
            new AudioLevelObserverOptions { MaxEntries = 3, Threshold = -70, Interval = 500 });

        await observer.AddProducerAsync(producer);
        RouterDump watching = await router.DumpAsync();
        await observer.PauseAsync();
        await observer.ResumeAsync();
        await observer.RemoveProducerAsync(producer);
        await observer.CloseAsync();
        RouterDump closed = await router.DumpAsync();

        Assert.That(watching.RtpObserverIds, Is.EqualTo(new[] { observer.Id }));
        Assert.That(watching.ObserversByProducer[producer.Id], Is.EqualTo(new[] { observer.Id }));
        Assert.That(closed.RtpObserverIds, Is.Empty);
    }

    [Test]
    public async Task Refusals_ComeAsExceptions()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        await using Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(Samples.WebRtcOptions);
        await transport.ConnectAsync(Samples.Dtls);

        WorkerRequestException? again = await Assert.CatchAsync<WorkerRequestException>(() => transport.ConnectAsync(Samples.Dtls));
        await Assert.CatchAsync<WorkerRequestException>(() => router.CreatePlainTransportAsync(
            new PlainTransportOptions { ListenInfo = new() { Ip = "not an address" } }));

        Assert.That(again!.Method, Is.EqualTo("WEBRTCTRANSPORT_CONNECT"));
        Assert.That((await worker.DumpAsync()).RouterIds, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task HundredRouters_LeaveNothingBehind()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        Router[] routers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => worker.CreateRouterAsync(Samples.RouterOptions)));
        await Task.WhenAll(routers.Select(router => router.CreateWebRtcTransportAsync(Samples.WebRtcOptions)));

        await Task.WhenAll(routers.Select(router => router.CloseAsync()));

        WorkerDump dump = await worker.DumpAsync();
        Assert.That(dump.RouterIds, Is.Empty);
        Assert.That(dump.ChannelRequestHandlers, Is.Empty);
        Assert.That(worker.Counters.CorruptFrames, Is.Zero);
    }
}
