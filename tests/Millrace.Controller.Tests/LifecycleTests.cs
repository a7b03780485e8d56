using Millrace.Controller.Rtp;
using Millrace.Schema.Consumer;
using Millrace.Schema.Notification;
using Millrace.Schema.Producer;
using Millrace.Schema.Request;
using Events = Millrace.Schema.Notification.Body;

namespace Millrace.Controller.Tests;

[Parallelizable]
[CancelAfter(30_000)]
internal sealed class LifecycleTests
{
    [Test]
    public async Task ClosingARouter_ClosesEverythingBelow_ChildrenFirst_ExactlyOnce()
    {
        await using Call call = await Call.StartAsync();
        AudioLevelObserver observer = await call.Router.CreateAudioLevelObserverAsync(new AudioLevelObserverOptions());
        List<string> events = call.Record();
        observer.Closed += reason => events.Add($"observer {reason}");

        await Task.WhenAll(call.Router.CloseAsync(), call.Router.CloseAsync());
        await call.Router.DisposeAsync();
        await call.Sender.CloseAsync();

        Assert.That(
            events,
            Is.EqualTo(new[]
            {
                "observer ParentClosed",
                "producer ParentClosed",
                "sender ParentClosed",
                "consumer ParentClosed",
                "receiver ParentClosed",
                "router Closed",
            }));
        Assert.That(call.Peer.Methods.Count(method => method == Method.WORKER_CLOSE_ROUTER), Is.EqualTo(1));
        Assert.That(call.Peer.Methods, Has.None.EqualTo(Method.ROUTER_CLOSE_TRANSPORT));
    }

    [Test]
    public async Task ProducerClosedByTheWorker_ClosesTheConsumer()
    {
        await using Call call = await Call.StartAsync();
        List<string> events = call.Record();
        call.Consumer.ProducerClosed += () => events.Add("consumer's producer");

        call.Peer.Notify(call.Consumer.Id, Event.CONSUMER_PRODUCER_CLOSE);
        call.Peer.Notify(call.Consumer.Id, Event.CONSUMER_PRODUCER_CLOSE);
        await call.FlushAsync();

        Assert.That(events, Is.EqualTo(new[] { "consumer's producer", "consumer ProducerClosed" }));
        Assert.That(call.Worker.Counters.LateNotifications, Is.EqualTo(1));
        ObjectClosedException? refusal = await Assert.CatchAsync<ObjectClosedException>(() => call.Consumer.ResumeAsync());
        Assert.That(refusal!.Reason, Is.EqualTo(CloseReason.ProducerClosed));
    }

    [Test]
    public async Task NotificationsForTheClosed_AreIgnoredAndCounted()
    {
        await using Call call = await Call.StartAsync();
        List<string> events = call.Record();
        call.Producer.Scored += _ => events.Add("scored");
        await call.Producer.CloseAsync();

        call.Peer.Notify(call.Producer.Id, Event.PRODUCER_SCORE, Events.Producer_ScoreNotification, ScoreNotificationOf);
        call.Peer.Notify("never heard of", Event.CONSUMER_PRODUCER_PAUSE);
        await call.FlushAsync();

        Assert.That(events, Is.EqualTo(new[] { "producer Closed" }));
        Assert.That(call.Worker.Counters.LateNotifications, Is.EqualTo(2));
    }

    [Test]
    public async Task EventsRightBehindTheAnswer_FindTheirHandlers()
    {
        await using Call call = await Call.StartAsync();
        List<int> scores = [];
        call.Peer.Script = request =>
        {
            if (request.Method == Method.TRANSPORT_PRODUCE)
            {
                string id = request.Wire.Body<Schema.Transport.ProduceRequest>()!.Value.ProducerId;
                call.Peer.Answer(request.Id, ScriptedAnswers.Accept(request));
                call.Peer.Notify(id, Event.PRODUCER_SCORE, Events.Producer_ScoreNotification, ScoreNotificationOf);
                return null;
            }
            return ScriptedAnswers.Accept(request);
        };

        Producer producer = await call.Sender.ProduceAsync(Samples.Vp8Producer with
        {
            Created = created => created.Scored += list => scores.AddRange(list.Select(entry => entry.Score)),
        });
        await call.FlushAsync();

        Assert.That(scores, Is.EqualTo(new[] { 7 }));
        Assert.That(producer.Score, Is.EqualTo(new ProducerScore[] { new(0, 2222, null, 7) }));
    }

    [Test]
    public async Task GivingUpACreation_UndoesIt()
    {
        await using Call call = await Call.StartAsync();
        call.Peer.Script = request => request.Method == Method.TRANSPORT_PRODUCE ? null : ScriptedAnswers.Accept(request);
        using CancellationTokenSource cancel = new();
        while (call.Peer.Methods.Count > call.Seen)
        {
            await call.NextAsync();
        }
        Task<Producer> producing = call.Sender.ProduceAsync(Samples.Vp8Producer, cancel.Token);
        ScriptedRequest produce = await call.NextAsync();

        await cancel.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => producing);
        ScriptedRequest close = await call.NextAsync();
        Assert.That(close.Method, Is.EqualTo(Method.TRANSPORT_CLOSE_PRODUCER));
        Assert.That(
            close.Wire.Body<Schema.Transport.CloseProducerRequest>()!.Value.ProducerId,
            Is.EqualTo(produce.Wire.Body<Schema.Transport.ProduceRequest>()!.Value.ProducerId));
    }

    [Test]
    public async Task ClosingTheParentDuringACreation_FailsIt()
    {
        await using Call call = await Call.StartAsync();
        call.Peer.Script = request => request.Method == Method.TRANSPORT_PRODUCE ? null : ScriptedAnswers.Accept(request);
        while (call.Peer.Methods.Count > call.Seen)
        {
            await call.NextAsync();
        }
        Task<Producer> producing = call.Sender.ProduceAsync(Samples.Vp8Producer);
        ScriptedRequest produce = await call.NextAsync();

        await call.Sender.CloseAsync();
        call.Peer.Answer(produce.Id, ScriptedAnswers.Accept(produce));

        await Assert.CatchAsync<ObjectClosedException>(() => producing);
    }

    [Test]
    public async Task ClosingAWebRtcServer_ClosesItsTransports()
    {
        await using Call call = await Call.StartAsync();
        WebRtcServer server = await call.Worker.CreateWebRtcServerAsync(
            new WebRtcServerOptions { ListenInfos = [new() { Ip = "127.0.0.1", Port = 44444 }] });
        WebRtcTransport transport = await call.Router.CreateWebRtcTransportAsync(
            new WebRtcTransportOptions { WebRtcServer = server });
        List<string> events = call.Record();
        transport.Closed += reason => events.Add($"transport {reason}");
        server.Closed += reason => events.Add($"server {reason}");

        await server.CloseAsync();
        await call.Router.CloseAsync();

        Assert.That(events[..2], Is.EqualTo(new[] { "transport ParentClosed", "server Closed" }));
        Assert.That(events.Count(entry => entry.StartsWith("transport", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(call.Peer.Methods, Has.One.EqualTo(Method.ROUTER_CREATE_WEBRTCTRANSPORT_WITH_SERVER));
    }

    [Test]
    public async Task Closing_WhatTheWorkerHasClosedAlready_IsFine()
    {
        await using Call call = await Call.StartAsync();
        call.Peer.Script = _ => new ScriptedAnswer(Error: "NotFoundError", Reason: "gone");

        await call.Consumer.CloseAsync();

        Assert.That(call.Consumer.IsClosed, Is.True);
    }

    [Test]
    public async Task Dispose_NeverFails_CloseDoes()
    {
        await using Call call = await Call.StartAsync();
        call.Peer.Script = _ => new ScriptedAnswer(Error: "Error", Reason: "no");

        await call.Consumer.DisposeAsync();
        await Assert.CatchAsync<WorkerRequestException>(() => call.Producer.CloseAsync());

        Assert.That((call.Consumer.IsClosed, call.Producer.IsClosed), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task States_FollowAnswersAndNotifications()
    {
        await using Call call = await Call.StartAsync();
        List<string> events = [];
        call.Consumer.ProducerPaused += () => events.Add("paused");
        call.Consumer.ProducerResumed += () => events.Add("resumed");
        call.Consumer.LayersChanged += layers => events.Add(layers?.ToString() ?? "none");

        await call.Producer.PauseAsync();
        await call.Consumer.PauseAsync();
        Assert.That((call.Producer.IsPaused, call.Consumer.IsPaused), Is.EqualTo((true, true)));
        await call.Producer.ResumeAsync();
        await call.Consumer.ResumeAsync();
        Assert.That((call.Producer.IsPaused, call.Consumer.IsPaused), Is.EqualTo((false, false)));
        Assert.That(await call.Consumer.SetPriorityAsync(7), Is.EqualTo(7));
        call.Peer.Notify(call.Consumer.Id, Event.CONSUMER_PRODUCER_PAUSE);
        call.Peer.Notify(call.Consumer.Id, Event.CONSUMER_PRODUCER_RESUME);
        call.Peer.Notify(
            call.Consumer.Id,
            Event.CONSUMER_LAYERS_CHANGE,
            Events.Consumer_LayersChangeNotification,
            builder => LayersChangeNotification.CreateLayersChangeNotification(
                builder, Schema.Consumer.ConsumerLayers.CreateConsumerLayers(builder, 1, 2)).Value);
        call.Peer.Notify(
            call.Consumer.Id,
            Event.CONSUMER_LAYERS_CHANGE,
            Events.Consumer_LayersChangeNotification,
            builder => LayersChangeNotification.CreateLayersChangeNotification(builder).Value);
        await call.FlushAsync();

        Assert.That(events, Is.EqualTo(new[] { "paused", "resumed", new ConsumerLayers(1, 2).ToString(), "none" }));
        Assert.That(call.Consumer.Priority, Is.EqualTo(7));
    }

    [Test]
    public async Task WebRtcTransport_KeepsWhatItIsTold()
    {
        await using Call call = await Call.StartAsync();
        WebRtcTransport transport = call.Sender;
        List<string> events = [];
        transport.IceStateChanged += state => events.Add($"ice {state}");
        transport.DtlsStateChanged += state => events.Add($"dtls {state}");
        transport.IceSelectedTupleChanged += tuple => events.Add($"tuple {tuple.RemoteIp}:{tuple.RemotePort}");

        Assert.That(transport.IceCandidates.Select(candidate => (candidate.Ip, candidate.Port, candidate.TcpType)), Is.EqualTo(
            new[] { ("127.0.0.1", 40000, null), ("127.0.0.1", 40001, "passive") }));
        Assert.That(transport.DtlsParameters.Fingerprints[0], Is.EqualTo(new DtlsFingerprint("sha-256", "AA:BB")));
        await transport.ConnectAsync(Samples.Dtls);
        Assert.That(transport.DtlsParameters.Role, Is.EqualTo(DtlsRole.Server));
        IceParameters ice = await transport.RestartIceAsync();
        Assert.That((ice.UsernameFragment, transport.IceParameters.Password), Is.EqualTo(("new", "secret")));
        call.Peer.Notify(
            transport.Id,
            Event.WEBRTCTRANSPORT_ICE_STATE_CHANGE,
            Events.WebRtcTransport_IceStateChangeNotification,
            builder => Schema.WebRtcTransport.IceStateChangeNotification.CreateIceStateChangeNotification(
                builder, Schema.WebRtcTransport.IceState.COMPLETED).Value);
        call.Peer.Notify(
            transport.Id,
            Event.WEBRTCTRANSPORT_ICE_SELECTED_TUPLE_CHANGE,
            Events.WebRtcTransport_IceSelectedTupleChangeNotification,
            builder => Schema.WebRtcTransport.IceSelectedTupleChangeNotification.CreateIceSelectedTupleChangeNotification(
                builder,
                Schema.Transport.Tuple.CreateTuple(
                    builder, builder.CreateString("127.0.0.1"), 1, builder.CreateString("10.0.0.1"), 2)).Value);
        call.Peer.Notify(
            transport.Id,
            Event.WEBRTCTRANSPORT_DTLS_STATE_CHANGE,
            Events.WebRtcTransport_DtlsStateChangeNotification,
            builder => Schema.WebRtcTransport.DtlsStateChangeNotification.CreateDtlsStateChangeNotification(
                builder, Schema.WebRtcTransport.DtlsState.CONNECTED, builder.CreateString("pem")).Value);
        await call.FlushAsync();

        Assert.That(events, Is.EqualTo(new[] { "ice Completed", "tuple 10.0.0.1:2", "dtls Connected" }));
        Assert.That((transport.IceState, transport.DtlsState, transport.DtlsRemoteCertificate), Is.EqualTo(
            (IceState.Completed, DtlsState.Connected, "pem")));
    }

    [TestCase("sha-256", "AB")]
    [TestCase("md5", "AB")]
    [TestCase("sha-1", "zz:zz")]
    public async Task Connect_WithAWrongFingerprint_AsksTheWorkerNothing(string algorithm, string value)
    {
        await using Call call = await Call.StartAsync();

        await Assert.ThatAsync(
            () => call.Sender.ConnectAsync(new DtlsParameters { Fingerprints = [new(algorithm, value)] }),
            Throws.InstanceOf<ArgumentException>());
        Assert.That(call.Peer.Methods, Has.None.EqualTo(Method.WEBRTCTRANSPORT_CONNECT));
    }

    [Test]
    public async Task Consume_OfWhatTheClientCannotReceive_AsksTheWorkerNothing()
    {
        await using Call call = await Call.StartAsync();

        Assert.That(call.Router.CanConsume(call.Producer, new RtpCapabilities()), Is.False);
        await Assert.ThatAsync(
            () => call.Receiver.ConsumeAsync(new ConsumerOptions { Producer = call.Producer, RtpCapabilities = new() }),
            Throws.TypeOf<RtpException>());
    }

    [Test]
    public async Task Consume_SendsWhatWasNegotiated()
    {
        await using Call call = await Call.StartAsync();

        Consumer second = await call.Receiver.ConsumeAsync(
            new ConsumerOptions { Producer = call.Producer, RtpCapabilities = Samples.Router, Paused = true });

        Assert.That((call.Consumer.RtpParameters.Mid, second.RtpParameters.Mid), Is.EqualTo(("0", "1")));
        Assert.That((call.Consumer.IsPaused, second.IsPaused), Is.EqualTo((false, true)));
        Assert.That(second.Score, Is.EqualTo(new ConsumerScore(10, 9, second.Score.ProducerScores)));
        Assert.That(second.Score.ProducerScores, Is.EqualTo(new[] { 9, 8 }));
    }

    private static int ScoreNotificationOf(FlatBuffers.FlatBufferBuilder builder) =>
        ScoreNotification(builder, Score.CreateScore(builder, 0, 2222, default, 7));

    private static int ScoreNotification(FlatBuffers.FlatBufferBuilder builder, FlatBuffers.Offset<Score> score) =>
        Schema.Producer.ScoreNotification.CreateScoreNotification(
            builder, Schema.Producer.ScoreNotification.CreateScoresVector(builder, [score])).Value;

    /// <summary>A sender, a receiver and what flows between them, on a scripted worker.</summary>
    private sealed class Call : IAsyncDisposable
    {
        public required ScriptedWorker Peer { get; init; }

        public required Worker Worker { get; init; }

        public required Router Router { get; init; }

        public required WebRtcTransport Sender { get; init; }

        public required PlainTransport Receiver { get; init; }

        public required Producer Producer { get; init; }

        public required Consumer Consumer { get; init; }

        /// <summary>How many requests NextAsync has given.</summary>
        public int Seen { get; private set; }

        public static async Task<Call> StartAsync()
        {
            (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
            Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
            WebRtcTransport sender = await router.CreateWebRtcTransportAsync(Samples.WebRtcOptions);
            PlainTransport receiver = await router.CreatePlainTransportAsync(Samples.PlainOptions);
            Producer producer = await sender.ProduceAsync(Samples.OpusProducer);
            Consumer consumer = await receiver.ConsumeAsync(
                new ConsumerOptions { Producer = producer, RtpCapabilities = router.RtpCapabilities });
            return new Call
            {
                Peer = peer,
                Worker = worker,
                Router = router,
                Sender = sender,
                Receiver = receiver,
                Producer = producer,
                Consumer = consumer,
            };
        }

        public List<string> Record()
        {
            List<string> events = [];
            Consumer.Closed += reason => events.Add($"consumer {reason}");
            Producer.Closed += reason => events.Add($"producer {reason}");
            Sender.Closed += reason => events.Add($"sender {reason}");
            Receiver.Closed += reason => events.Add($"receiver {reason}");
            Router.Closed += reason => events.Add($"router {reason}");
            return events;
        }

        public async Task<ScriptedRequest> NextAsync()
        {
            Seen++;
            return await Peer.NextAsync();
        }

        /// <summary>Everything the peer has sent so far has been looked at when this completes.</summary>
        public async Task FlushAsync()
        {
            Peer.Script = ScriptedAnswers.Accept;
            await Worker.UpdateSettingsAsync(null, null);
        }

        public ValueTask DisposeAsync() => Worker.DisposeAsync();
    }
}
