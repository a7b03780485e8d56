using Millrace.Controller.Rtp;
using Millrace.Interop;

namespace Millrace.Controller.Tests.Transcripts;

/// <summary>The calls of tests/node/recordings.mjs, made through our controller in the same order with the same parameters.</summary>
internal static class Scenarios
{
    private const string Loopback = "127.0.0.1";

    private static readonly DtlsParameters RemoteDtls = new()
    {
        Role = DtlsRole.Client,
        Fingerprints = [new("sha-256", string.Join(':', Enumerable.Repeat("AB", 32)))],
    };

    public static IReadOnlyDictionary<string, Func<Worker, Transcript, Task>> All { get; } =
        new Dictionary<string, Func<Worker, Transcript, Task>>
        {
            ["worker"] = WorkerAsync,
            ["webRtcServer"] = WebRtcServerAsync,
            ["webRtcTransport"] = WebRtcTransportAsync,
            ["plainTransport"] = PlainTransportAsync,
            ["media"] = MediaAsync,
            ["audioLevelObserver"] = AudioLevelObserverAsync,
            ["activeSpeakerObserver"] = ActiveSpeakerObserverAsync,
            ["pipeTransport"] = PipeScenarios.TransportAsync,
            ["pipeToRouter"] = PipeScenarios.ToRouterAsync,
            ["directTransport"] = DataScenarios.DirectAsync,
            ["data"] = DataScenarios.SctpAsync,
        };

    private static async Task WorkerAsync(Worker worker, Transcript transcript)
    {
        await worker.UpdateSettingsAsync(WorkerLogLevel.Debug, WorkerLogTags.Ice | WorkerLogTags.Dtls);
        await worker.UpdateSettingsAsync(WorkerLogLevel.Warn, WorkerLogTags.None);
        Router router = await worker.CreateRouterAsync(transcript.Router);
        WorkerDump before = await worker.DumpAsync();
        await worker.GetResourceUsageAsync();
        RouterDump dump = await router.DumpAsync();
        await router.CloseAsync();
        WorkerDump after = await worker.DumpAsync();

        Assert.That(before.RouterIds, Is.EqualTo(new[] { router.Id }));
        Assert.That(dump.Id, Is.EqualTo(router.Id));
        Assert.That(after.RouterIds, Is.Empty);
    }

    private static async Task WebRtcServerAsync(Worker worker, Transcript transcript)
    {
        WebRtcServer server = await worker.CreateWebRtcServerAsync(new WebRtcServerOptions
        {
            ListenInfos =
            [
                new() { Protocol = TransportProtocol.Udp, Ip = Loopback, AnnouncedAddress = "192.0.2.7" },
                new() { Protocol = TransportProtocol.Tcp, Ip = Loopback, SendBufferSize = 65_536, ReceiveBufferSize = 131_072 },
            ],
        });
        Router router = await worker.CreateRouterAsync(transcript.Router);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(new WebRtcTransportOptions
        {
            WebRtcServer = server,
            EnableUdp = true,
            EnableTcp = true,
            PreferUdp = true,
            InitialAvailableOutgoingBitrate = 1_000_000,
        });
        WebRtcServerDump used = await server.DumpAsync();
        await transport.ConnectAsync(RemoteDtls);
        await transport.RestartIceAsync();
        await transport.DumpAsync();
        CloseReason? reason = null;
        transport.Closed += why => reason = why;
        await server.CloseAsync();
        RouterDump left = await router.DumpAsync();

        Assert.That(used.WebRtcTransportIds, Is.EqualTo(new[] { transport.Id }));
        Assert.That(transport.IceCandidates[0].Address, Is.EqualTo("192.0.2.7"));
        Assert.That(reason, Is.EqualTo(CloseReason.ParentClosed));
        Assert.That(left.TransportIds, Is.Empty);
    }

    private static async Task WebRtcTransportAsync(Worker worker, Transcript transcript)
    {
        Router router = await worker.CreateRouterAsync(transcript.Router);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(new WebRtcTransportOptions
        {
            ListenInfos =
            [
                new() { Protocol = TransportProtocol.Udp, Ip = Loopback, AnnouncedAddress = "192.0.2.7", ExposeInternalIp = true },
                new() { Protocol = TransportProtocol.Tcp, Ip = Loopback, PortRange = new PortRange(25_000, 25_999) },
            ],
            EnableTcp = true,
            PreferTcp = true,
            IceConsentTimeout = 20,
        });
        await transport.SetMaxIncomingBitrateAsync(1_500_000);
        await transport.SetMaxOutgoingBitrateAsync(2_000_000);
        await transport.SetMinOutgoingBitrateAsync(100_000);
        await transport.EnableTraceEventAsync([TraceEventType.Probation, TraceEventType.Bwe]);
        WebRtcTransportStats stats = await transport.GetStatsAsync();
        await transport.CloseAsync();
        await router.DumpAsync();

        Assert.That(stats.TransportId, Is.EqualTo(transport.Id));
        Assert.That(transport.IceCandidates.Select(candidate => candidate.Address), Does.Contain(Loopback).And.Contain("192.0.2.7"));
    }

    private static async Task PlainTransportAsync(Worker worker, Transcript transcript)
    {
        string key30 = Convert.ToBase64String([.. Enumerable.Range(0, 30).Select(i => (byte)i)]);
        string key28 = Convert.ToBase64String([.. Enumerable.Range(0, 28).Select(i => (byte)i)]);
        Router router = await worker.CreateRouterAsync(transcript.Router);
        PlainTransport open = await router.CreatePlainTransportAsync(Plain with { Comedia = false });
        await open.ConnectAsync(new() { Ip = Loopback, Port = 9_000 });
        PlainTransport apart = await router.CreatePlainTransportAsync(Plain with { Comedia = false, RtcpMux = false });
        await apart.ConnectAsync(new() { Ip = Loopback, Port = 9_002, RtcpPort = 9_003 });
        PlainTransport secret = await router.CreatePlainTransportAsync(
            Plain with { EnableSrtp = true, SrtpCryptoSuite = SrtpCryptoSuite.AesCm128HmacSha1With80Bits });
        await secret.ConnectAsync(new() { SrtpParameters = new(SrtpCryptoSuite.AesCm128HmacSha1With80Bits, key30) });
        PlainTransport gcm = await router.CreatePlainTransportAsync(
            Plain with { Comedia = false, EnableSrtp = true, SrtpCryptoSuite = SrtpCryptoSuite.AeadAes128Gcm });
        await gcm.ConnectAsync(new()
        {
            Ip = Loopback,
            Port = 9_004,
            SrtpParameters = new(SrtpCryptoSuite.AeadAes128Gcm, key28),
        });
        await open.GetStatsAsync();
        PlainTransportDump dump = await apart.DumpAsync();
        await router.CloseAsync();
        await worker.DumpAsync();

        Assert.That(open.Tuple.RemotePort, Is.EqualTo(9_000));
        Assert.That(dump.RtcpTuple!.RemotePort, Is.EqualTo(9_003));
        Assert.That(secret.SrtpParameters!.CryptoSuite, Is.EqualTo(SrtpCryptoSuite.AesCm128HmacSha1With80Bits));
        Assert.That(gcm.IsClosed, Is.True);
    }

    private static async Task MediaAsync(Worker worker, Transcript transcript)
    {
        Router router = await worker.CreateRouterAsync(transcript.Router);
        PlainTransport incoming = await router.CreatePlainTransportAsync(Plain);
        PlainTransport outgoing = await router.CreatePlainTransportAsync(Plain);
        RtpCapabilities all = router.RtpCapabilities;
        Producer audio = await incoming.ProduceAsync(new() { Kind = MediaKind.Audio, RtpParameters = transcript.Rtp("opus") });
        Producer video = await incoming.ProduceAsync(new()
        {
            Kind = MediaKind.Video,
            RtpParameters = transcript.Rtp("vp8"),
            Paused = true,
            KeyFrameRequestDelay = 500,
        });
        Producer layers = await incoming.ProduceAsync(new() { Kind = MediaKind.Video, RtpParameters = transcript.Rtp("simulcast") });
        List<string> told = [];
        Consumer heard = await outgoing.ConsumeAsync(new()
        {
            Producer = audio,
            RtpCapabilities = all,
            Created = consumer =>
            {
                consumer.ProducerPaused += () => told.Add("paused");
                consumer.Closed += why => told.Add($"closed: {why}");
            },
        });
        Consumer seen = await outgoing.ConsumeAsync(new()
        {
            Producer = video,
            RtpCapabilities = all,
            Paused = true,
            EnableRtx = false,
            Created = consumer => consumer.ProducerResumed += () => told.Add("resumed"),
        });
        Consumer chosen = await outgoing.ConsumeAsync(new() { Producer = layers, RtpCapabilities = all, PreferredLayers = new(1, 1) });
        await video.ResumeAsync();
        await seen.ResumeAsync();
        await audio.PauseAsync();
        await heard.PauseAsync();
        await chosen.SetPreferredLayersAsync(new(2));
        await chosen.SetPreferredLayersAsync(new(0, 0));
        await chosen.SetPriorityAsync(10);
        await chosen.SetPriorityAsync(Consumer.DefaultPriority);
        await seen.RequestKeyFrameAsync();
        await audio.EnableTraceEventAsync([TraceEventType.Rtp, TraceEventType.SenderReport]);
        await seen.EnableTraceEventAsync([TraceEventType.KeyFrame, TraceEventType.Nack, TraceEventType.Pli, TraceEventType.Fir]);
        ProducerDump dump = await audio.DumpAsync();
        await video.GetStatsAsync();
        ConsumerDump sent = await chosen.DumpAsync();
        await heard.GetStatsAsync();
        await heard.CloseAsync();
        await audio.CloseAsync();
        await incoming.CloseAsync();
        await outgoing.DumpAsync();

        Assert.That(told, Is.EqualTo(new[] { "resumed", "paused", "closed: Closed" }));
        Assert.That((layers.Type, video.Type), Is.EqualTo((RtpType.Simulcast, RtpType.Simple)));
        Assert.That((dump.Id, sent.ProducerId), Is.EqualTo((audio.Id, layers.Id)));
        Assert.That(seen.IsClosed, Is.True);
    }

    private static async Task AudioLevelObserverAsync(Worker worker, Transcript transcript)
    {
        Router router = await worker.CreateRouterAsync(transcript.Router);
        PlainTransport incoming = await router.CreatePlainTransportAsync(Plain);
        Producer audio = await incoming.ProduceAsync(new() { Kind = MediaKind.Audio, RtpParameters = transcript.Rtp("opus") });
        AudioLevelObserver observer = await router.CreateAudioLevelObserverAsync(
            new() { MaxEntries = 3, Threshold = -70, Interval = 500 });
        await observer.AddProducerAsync(audio);
        await observer.PauseAsync();
        await observer.ResumeAsync();
        await observer.RemoveProducerAsync(audio);
        await observer.CloseAsync();
        RouterDump dump = await router.DumpAsync();

        Assert.That(dump.RtpObserverIds, Is.Empty);
    }

    private static async Task ActiveSpeakerObserverAsync(Worker worker, Transcript transcript)
    {
        Router router = await worker.CreateRouterAsync(transcript.Router);
        PlainTransport incoming = await router.CreatePlainTransportAsync(Plain);
        Producer audio = await incoming.ProduceAsync(new() { Kind = MediaKind.Audio, RtpParameters = transcript.Rtp("opus") });
        ActiveSpeakerObserver observer = await router.CreateActiveSpeakerObserverAsync(new() { Interval = 400 });
        await observer.AddProducerAsync(audio);
        await observer.PauseAsync();
        await observer.ResumeAsync();
        await observer.RemoveProducerAsync(audio);
        await observer.CloseAsync();
        RouterDump dump = await router.DumpAsync();

        Assert.That(dump.RtpObserverIds, Is.Empty);
    }

    public static PlainTransportOptions Plain { get; } = new() { ListenInfo = new() { Ip = Loopback }, Comedia = true };
}
