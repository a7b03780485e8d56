using Millrace.Controller.Rtp;
using Millrace.Schema.ActiveSpeakerObserver;
using Millrace.Schema.Notification;
using Millrace.Schema.Request;
using Events = Millrace.Schema.Notification.Body;

namespace Millrace.Controller.Tests;

/// <summary>Who owns something hears of everything that is made from it.</summary>
[Parallelizable]
[CancelAfter(30_000)]
internal sealed class CreatedEventTests
{
    [Test]
    public async Task Owners_HearOfEverythingNew_WithItsAppData()
    {
        (ScriptedWorker _, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        List<object?> made = [];
        worker.RouterCreated += created => made.Add(created.AppData);
        worker.WebRtcServerCreated += created => made.Add(created.AppData);
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions with { AppData = "router" });
        await worker.CreateWebRtcServerAsync(new() { ListenInfos = [new() { Ip = "127.0.0.1" }], AppData = "server" });
        router.TransportCreated += created => made.Add(created.AppData);
        router.RtpObserverCreated += created => made.Add(created.AppData);
        await router.CreateWebRtcTransportAsync(Samples.WebRtcOptions with { AppData = "webrtc" });
        await router.CreatePlainTransportAsync(Samples.PlainOptions with { AppData = "plain" });
        await router.CreatePipeTransportAsync(new() { ListenInfo = new() { Ip = "127.0.0.1" }, AppData = "pipe" });
        DirectTransport direct = await router.CreateDirectTransportAsync(new() { AppData = "direct" });
        await router.CreateAudioLevelObserverAsync(new() { AppData = "levels" });
        await router.CreateActiveSpeakerObserverAsync(new() { AppData = "speaker" });
        direct.ProducerCreated += created => made.Add(created.AppData);
        direct.ConsumerCreated += created => made.Add(created.AppData);
        direct.DataProducerCreated += created => made.Add(created.AppData);
        direct.DataConsumerCreated += created => made.Add(created.AppData);
        Producer producer = await direct.ProduceAsync(Samples.OpusProducer with { AppData = "producer" });
        await direct.ConsumeAsync(new() { Producer = producer, RtpCapabilities = Samples.Router, AppData = "consumer" });
        DataProducer source = await direct.ProduceDataAsync(new() { AppData = "data producer" });
        await direct.ConsumeDataAsync(new() { DataProducer = source, AppData = "data consumer" });

        Assert.That(made, Is.EqualTo(new[]
        {
            "router", "server", "webrtc", "plain", "pipe", "direct", "levels", "speaker",
            "producer", "consumer", "data producer", "data consumer",
        }));
    }

    [Test]
    public async Task ActiveSpeakerObserver_TellsWhoLeads()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        ActiveSpeakerObserver observer = await router.CreateActiveSpeakerObserverAsync(new() { Interval = 400 });
        List<string> leaders = [];
        observer.DominantSpeakerChanged += leaders.Add;

        peer.Notify(
            observer.Id,
            Event.ACTIVESPEAKEROBSERVER_DOMINANT_SPEAKER,
            Events.ActiveSpeakerObserver_DominantSpeakerNotification,
            builder => DominantSpeakerNotification.CreateDominantSpeakerNotification(builder, builder.CreateString("p1")).Value);
        await observer.PauseAsync();

        Assert.That(leaders, Is.EqualTo(new[] { "p1" }));
        Assert.That((observer.DominantSpeakerId, observer.IsPaused), Is.EqualTo(("p1", true)));
        Assert.That(
            peer.Requests.Single(request => request.Method == Method.ROUTER_CREATE_ACTIVESPEAKEROBSERVER)
                .Wire.Body<Schema.Router.CreateActiveSpeakerObserverRequest>()!.Value.Options!.Value.Interval,
            Is.EqualTo(400));
    }

    [Test]
    public async Task ConsumerOfAllStreams_OnAnyTransport()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        PlainTransport transport = await router.CreatePlainTransportAsync(Samples.PlainOptions);
        Producer producer = await transport.ProduceAsync(new() { Kind = MediaKind.Video, RtpParameters = Samples.Simulcast });

        Consumer consumer = await transport.ConsumeAsync(
            new() { Producer = producer, RtpCapabilities = Samples.Router, Pipe = true });

        Assert.That(consumer.Type, Is.EqualTo(RtpType.Pipe));
        Assert.That(consumer.RtpParameters.Encodings.Select(encoding => (encoding.Ssrc, encoding.Rtx!.Ssrc)), Is.EqualTo(
            new (uint?, uint)[] { (1000, 1003), (1001, 1004), (1002, 1005) }));
        await Assert.ThatAsync(() => transport.ConsumeAsync(new() { Producer = producer }), Throws.ArgumentException);
    }

    [Test]
    public async Task NumbersThatDoNotFit_AskTheWorkerNothing()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);

        await Assert.ThatAsync(
            () => router.CreateDirectTransportAsync(new() { MaxMessageSize = -1 }), Throws.ArgumentException);
        await Assert.ThatAsync(
            () => router.CreateActiveSpeakerObserverAsync(new() { Interval = 70_000 }), Throws.ArgumentException);
        Assert.That(peer.Methods, Is.EqualTo(new[] { Method.WORKER_CREATE_ROUTER }));
    }
}
