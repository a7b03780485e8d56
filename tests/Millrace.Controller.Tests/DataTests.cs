using Millrace.Schema.DataConsumer;
using Millrace.Schema.Notification;
using Millrace.Schema.Request;
using Millrace.Schema.SctpAssociation;
using Millrace.Schema.Transport;
using Events = Millrace.Schema.Notification.Body;

namespace Millrace.Controller.Tests;

[Parallelizable]
[CancelAfter(30_000)]
internal sealed class DataTests
{
    private static WebRtcTransportOptions WithSctp { get; } = Samples.WebRtcOptions with { EnableSctp = true };

    [Test]
    public async Task DataConsumer_TakesItsStreamFromTheSource_UnderAnIdOfItsOwn()
    {
        (ScriptedWorker _, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport sender = await router.CreateWebRtcTransportAsync(WithSctp);
        WebRtcTransport receiver = await router.CreateWebRtcTransportAsync(WithSctp);
        DataProducer lossy = await sender.ProduceDataAsync(new DataProducerOptions
        {
            SctpStreamParameters = new() { StreamId = 7, MaxRetransmits = 3 },
            Label = "chat",
            Protocol = "p",
            AppData = "mine",
        });

        DataConsumer first = await receiver.ConsumeDataAsync(new DataConsumerOptions { DataProducer = lossy });
        DataConsumer second = await receiver.ConsumeDataAsync(
            new DataConsumerOptions { DataProducer = lossy, Ordered = true, Paused = true, Subchannels = [4, 5] });

        Assert.That(lossy.SctpStreamParameters, Is.EqualTo(
            new SctpStreamParameters { StreamId = 7, Ordered = false, MaxRetransmits = 3 }));
        Assert.That(first.SctpStreamParameters, Is.EqualTo(
            new SctpStreamParameters { StreamId = 0, Ordered = false, MaxRetransmits = 3 }));
        Assert.That(second.SctpStreamParameters, Is.EqualTo(new SctpStreamParameters { StreamId = 1, Ordered = true }));
        Assert.That((first.Label, first.Protocol, first.Type, lossy.AppData), Is.EqualTo(("chat", "p", DataType.Sctp, "mine")));
        Assert.That((second.IsPaused, second.Subchannels), Is.EqualTo((true, second.Subchannels)));
        Assert.That(second.Subchannels, Is.EqualTo(new[] { 4, 5 }));
    }

    [Test]
    public async Task StreamOfARefusedConsumer_IsFreeAgain()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(WithSctp);
        DataProducer producer = await transport.ProduceDataAsync(
            new DataProducerOptions { SctpStreamParameters = new() { StreamId = 1 } });
        peer.Notify(
            transport.Id,
            Event.TRANSPORT_SCTP_NEGOTIATED_CAPABILITIES,
            Events.Transport_SctpNegotiatedCapabilitiesNotification,
            builder => SctpNegotiatedCapabilitiesNotification.CreateSctpNegotiatedCapabilitiesNotification(
                builder, SctpNegotiatedCapabilities.CreateSctpNegotiatedCapabilities(builder, 2, 3)).Value);
        await worker.UpdateSettingsAsync(null, null);
        peer.Script = _ => new ScriptedAnswer(Error: "Error", Reason: "no");
        await Assert.CatchAsync<WorkerRequestException>(
            () => transport.ConsumeDataAsync(new DataConsumerOptions { DataProducer = producer }));
        peer.Script = ScriptedAnswers.Accept;

        DataConsumer only = await transport.ConsumeDataAsync(new DataConsumerOptions { DataProducer = producer });

        Assert.That(transport.SctpCapabilities, Is.EqualTo(new SctpCapabilities(2, 3)));
        Assert.That(only.SctpStreamParameters!.StreamId, Is.Zero);
        await Assert.CatchAsync<InvalidOperationException>(
            () => transport.ConsumeDataAsync(new DataConsumerOptions { DataProducer = producer }));
        await only.CloseAsync();
        Assert.That(
            (await transport.ConsumeDataAsync(new DataConsumerOptions { DataProducer = producer })).SctpStreamParameters!.StreamId,
            Is.Zero);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task DataConsumer_WhosePeerDoesNotKeepUp_ClosesIfItIsToldTo(bool closeWhenFull)
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        DirectTransport direct = await router.CreateDirectTransportAsync(new DirectTransportOptions());
        DataProducer producer = await direct.ProduceDataAsync(new DataProducerOptions());
        List<string> events = [];
        DataConsumer slow = await direct.ConsumeDataAsync(new DataConsumerOptions
        {
            DataProducer = producer,
            CloseWhenFull = closeWhenFull,
            Created = created =>
            {
                created.SendBufferFull += () => events.Add("full");
                created.Closed += reason => events.Add($"closed {reason}");
            },
        });
        DataConsumer other = await direct.ConsumeDataAsync(new DataConsumerOptions { DataProducer = producer });

        peer.Notify(slow.Id, Event.DATACONSUMER_SCTP_SENDBUFFER_FULL);
        await worker.UpdateSettingsAsync(null, null);
        await worker.UpdateSettingsAsync(null, null);

        Assert.That(events, Is.EqualTo(closeWhenFull ? new[] { "full", "closed SendBufferFull" } : ["full"]));
        Assert.That(slow.IsClosed, Is.EqualTo(closeWhenFull));
        Assert.That(other.IsClosed, Is.False);
        Assert.That(peer.Methods.Contains(Method.TRANSPORT_CLOSE_DATACONSUMER), Is.EqualTo(closeWhenFull));
    }

    [Test]
    public async Task DataConsumer_RaisesWhatTheWorkerTells()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        DirectTransport direct = await router.CreateDirectTransportAsync(new DirectTransportOptions());
        DataProducer producer = await direct.ProduceDataAsync(new DataProducerOptions());
        List<string> events = [];
        DataConsumer consumer = await direct.ConsumeDataAsync(new DataConsumerOptions
        {
            DataProducer = producer,
            Created = created =>
            {
                created.MessageReceived += message => events.Add($"message {message.Ppid} {message.Text}");
                created.BufferedAmountLow += amount => events.Add($"low {amount}");
                created.SendBufferFull += () => events.Add("full");
                created.DataProducerPaused += () => events.Add("paused");
                created.DataProducerResumed += () => events.Add("resumed");
                created.DataProducerClosed += () => events.Add("producer closed");
                created.Closed += reason => events.Add($"closed {reason}");
            },
        });

        foreach ((uint ppid, byte[] data) in new[] { (51u, "hi"u8.ToArray()), (56u, [0]) })
        {
            peer.Notify(
                consumer.Id,
                Event.DATACONSUMER_MESSAGE,
                Events.DataConsumer_MessageNotification,
                builder => MessageNotification.CreateMessageNotification(
                    builder, ppid, MessageNotification.CreateDataVector(builder, data)).Value);
        }
        peer.Notify(
            consumer.Id,
            Event.DATACONSUMER_BUFFERED_AMOUNT_LOW,
            Events.DataConsumer_BufferedAmountLowNotification,
            builder => BufferedAmountLowNotification.CreateBufferedAmountLowNotification(builder, 99).Value);
        peer.Notify(consumer.Id, Event.DATACONSUMER_SCTP_SENDBUFFER_FULL);
        peer.Notify(consumer.Id, Event.DATACONSUMER_DATAPRODUCER_PAUSE);
        peer.Notify(consumer.Id, Event.DATACONSUMER_DATAPRODUCER_RESUME);
        peer.Notify(consumer.Id, Event.DATACONSUMER_DATAPRODUCER_CLOSE);
        await worker.UpdateSettingsAsync(null, null);

        Assert.That(events, Is.EqualTo(new[]
        {
            "message 51 hi", "message 56 ", "low 99", "full", "paused", "resumed", "producer closed", "closed ProducerClosed",
        }));
        Assert.That((consumer.Type, consumer.SctpStreamParameters), Is.EqualTo((DataType.Direct, (SctpStreamParameters?)null)));
    }

    [Test]
    public async Task DataConsumer_TakesEveryCall()
    {
        (ScriptedWorker _, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(WithSctp);
        DataProducer producer = await transport.ProduceDataAsync(
            new DataProducerOptions { SctpStreamParameters = new() { StreamId = 0 } });
        DataConsumer consumer = await transport.ConsumeDataAsync(new DataConsumerOptions { DataProducer = producer });

        Assert.That(await consumer.SendAsync(DataMessage.OfText("hello")), Is.EqualTo(5));
        Assert.That(await consumer.SendAsync(DataMessage.OfBinary(default)), Is.EqualTo(1));
        Assert.That(await consumer.GetBufferedAmountAsync(), Is.EqualTo(11));
        await consumer.SetBufferedAmountLowThresholdAsync(1000);
        await consumer.SetSubchannelsAsync([1, 2]);
        Assert.That(consumer.Subchannels, Is.EqualTo(new[] { 1, 2 }));
        await consumer.AddSubchannelAsync(9);
        Assert.That(consumer.Subchannels, Is.EqualTo(new[] { 1, 9 }));
        await consumer.RemoveSubchannelAsync(9);
        Assert.That(consumer.Subchannels, Is.Empty);
        await consumer.PauseAsync();
        await producer.PauseAsync();
        Assert.That((consumer.IsPaused, producer.IsPaused), Is.EqualTo((true, true)));
        await consumer.ResumeAsync();
        await producer.ResumeAsync();
        Assert.That((consumer.IsPaused, producer.IsPaused), Is.EqualTo((false, false)));
        Assert.That((await producer.GetStatsAsync()).BytesReceived, Is.EqualTo(30));
        Assert.That((await consumer.GetStatsAsync()).BufferedAmount, Is.EqualTo(7));
        Assert.That(() => producer.Send(DataMessage.OfText("no")), Throws.InvalidOperationException);
    }

    [Test]
    public async Task DirectMessage_CarriesItsSubchannels()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        DirectTransport direct = await router.CreateDirectTransportAsync(new DirectTransportOptions());
        DataProducer producer = await direct.ProduceDataAsync(new DataProducerOptions());
        Producer audio = await direct.ProduceAsync(Samples.OpusProducer);

        producer.Send(
            DataMessage.OfText("x"), new DataSendOptions { Subchannels = [1, 2], RequiredSubchannel = 3, IgnoredSubchannel = 4 });
        audio.Send([0x80, 0x60]);
        direct.SendRtcp([0x81]);
        await worker.UpdateSettingsAsync(null, null);

        Schema.DataProducer.SendNotification data = peer.Notifications[0].Body<Schema.DataProducer.SendNotification>()!.Value;
        Assert.That((data.Ppid, data.RequiredSubchannel, data.IgnoredSubchannel), Is.EqualTo((51u, (ushort?)3, (ushort?)4)));
        Assert.That(data.GetSubchannelsArray(), Is.EqualTo(new ushort[] { 1, 2 }));
        Assert.That(data.GetDataArray(), Is.EqualTo("x"u8.ToArray()));
        Assert.That(peer.Notifications.Select(sent => (sent.Event, sent.HandlerId)), Is.EqualTo(new[]
        {
            (Event.DATAPRODUCER_SEND, producer.Id), (Event.PRODUCER_SEND, audio.Id), (Event.TRANSPORT_SEND_RTCP, direct.Id),
        }));
        Assert.That(
            peer.Notifications[1].Body<Schema.Producer.SendNotification>()!.Value.GetDataArray(), Is.EqualTo(new byte[] { 0x80, 0x60 }));
        await audio.CloseAsync();
        Assert.That(() => audio.Send([0x80]), Throws.TypeOf<ObjectClosedException>());
    }

    [Test]
    public async Task DirectTransport_RaisesRtpAndRtcp()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        DirectTransport direct = await router.CreateDirectTransportAsync(new DirectTransportOptions { AppData = 5 });
        Producer producer = await direct.ProduceAsync(Samples.OpusProducer);
        Consumer consumer = await direct.ConsumeAsync(
            new ConsumerOptions { Producer = producer, RtpCapabilities = router.RtpCapabilities });
        List<string> events = [];
        consumer.RtpReceived += packet => events.Add($"rtp {packet.Length}");
        direct.RtcpReceived += packet => events.Add($"rtcp {packet.Length}");

        peer.Notify(
            consumer.Id,
            Event.CONSUMER_RTP,
            Events.Consumer_RtpNotification,
            builder => Schema.Consumer.RtpNotification.CreateRtpNotification(
                builder, Schema.Consumer.RtpNotification.CreateDataVector(builder, new byte[12])).Value);
        peer.Notify(
            direct.Id,
            Event.DIRECTTRANSPORT_RTCP,
            Events.DirectTransport_RtcpNotification,
            builder => Schema.DirectTransport.RtcpNotification.CreateRtcpNotification(
                builder, Schema.DirectTransport.RtcpNotification.CreateDataVector(builder, new byte[8])).Value);
        await worker.UpdateSettingsAsync(null, null);

        Assert.That(events, Is.EqualTo(new[] { "rtp 12", "rtcp 8" }));
        Assert.That(direct.AppData, Is.EqualTo(5));
        Schema.Transport.Options options = peer.Requests.Single(request => request.Method == Method.ROUTER_CREATE_DIRECTTRANSPORT)
            .Wire.Body<Schema.Router.CreateDirectTransportRequest>()!.Value.Options!.Value.Base!.Value;
        Assert.That((options.Direct, options.MaxSendMessageSize), Is.EqualTo((true, 262_144)));
    }

    [Test]
    public async Task SctpState_FollowsTheWorker()
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(WithSctp);
        List<SctpState> states = [];
        transport.SctpStateChanged += states.Add;

        peer.Notify(
            transport.Id,
            Event.TRANSPORT_SCTP_STATE_CHANGE,
            Events.Transport_SctpStateChangeNotification,
            builder => SctpStateChangeNotification.CreateSctpStateChangeNotification(
                builder, Schema.SctpAssociation.SctpState.CONNECTED).Value);
        await worker.UpdateSettingsAsync(null, null);

        Assert.That(states, Is.EqualTo(new[] { SctpState.Connected }));
        Assert.That(transport.SctpState, Is.EqualTo(SctpState.Connected));
        Schema.Transport.Options options = peer.Requests.Single(request => request.Method == Method.ROUTER_CREATE_WEBRTCTRANSPORT)
            .Wire.Body<Schema.Router.CreateWebRtcTransportRequest>()!.Value.Options!.Value.Base!.Value;
        Assert.That((options.EnableSctp, options.IsDataChannel, options.MaxReceiveMessageSize), Is.EqualTo((true, true, 262_144)));
    }

    [TestCase(65_535, null, null, null)]
    [TestCase(-1, null, null, null)]
    [TestCase(1, true, 100, null)]
    [TestCase(1, null, 100, 3)]
    [TestCase(1, null, -1, null)]
    [TestCase(1, null, null, 65_536)]
    public async Task StreamThatMakesNoSense_AsksTheWorkerNothing(int id, bool? ordered, int? lifeTime, int? retransmits)
    {
        (ScriptedWorker peer, Worker worker) = await ScriptedWorker.StartAsync();
        await using Worker owned = worker;
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(WithSctp);

        await Assert.ThatAsync(
            () => transport.ProduceDataAsync(new DataProducerOptions
            {
                SctpStreamParameters = new()
                {
                    StreamId = id,
                    Ordered = ordered,
                    MaxPacketLifeTime = lifeTime,
                    MaxRetransmits = retransmits,
                },
            }),
            Throws.ArgumentException);
        await Assert.ThatAsync(() => transport.ProduceDataAsync(new DataProducerOptions()), Throws.ArgumentException);
        Assert.That(peer.Methods, Has.None.EqualTo(Method.TRANSPORT_PRODUCE_DATA));
    }
}
