using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>Routers of the built worker joined by pipes, within one worker and across two.</summary>
[TestFixture(WorkerMode.Process)]
[TestFixture(WorkerMode.InProcess)]
[Category("RealWorker")]
[CancelAfter(15_000)]
internal sealed class PipeToRouterTests(WorkerMode mode)
{
    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public async Task Media_CrossesToTheOtherRouter(bool srtp, bool rtx)
    {
        await using DirectCall near = await DirectCall.StartAsync(mode);
        await using DirectCall far = await DirectCall.StartAsync(mode);
        Producer producer = await near.Transport.ProduceAsync(Samples.Vp8Producer);
        RouterPipe pipe = await near.Router.PipeToRouterAsync(
            new() { Producer = producer, Router = far.Router, EnableSrtp = srtp, EnableRtx = rtx, EnableSctp = false, KeepId = true });
        Heard<ReadOnlyMemory<byte>> packets = new();
        Consumer consumer = await far.ConsumeAsync(pipe.Producer!, created => created.RtpReceived += packets.Add);

        using Streamer streamer = new(sequence => producer.Send(RtpPackets.Vp8(sequence, isKey: sequence % 10 == 1)));
        ReadOnlyMemory<byte> packet = await packets.NextAsync();

        Assert.That(RtpPackets.SsrcOf(packet), Is.EqualTo(consumer.RtpParameters.Encodings[0].Ssrc));
        Assert.That((pipe.Producer!.Id, pipe.Producer.Type), Is.EqualTo((producer.Id, RtpType.Simple)));
        Assert.That((await pipe.Consumer!.DumpAsync()).Type, Is.EqualTo(RtpType.Pipe));
        PipeTransport transport = await TransportOf(pipe.Consumer, near);
        PipeTransportDump dump = await transport.DumpAsync();
        PipeTransportStats stats = await transport.GetStatsAsync();
        Assert.That((dump.Rtx, dump.SrtpParameters is not null), Is.EqualTo((rtx, srtp)));
        Assert.That(stats.Tuple.RemotePort, Is.EqualTo(transport.Tuple.RemotePort));
        Assert.That(stats.RtpBytesSent, Is.GreaterThan(0));
        Assert.That(dump.ConsumerIds, Is.EqualTo(new[] { pipe.Consumer.Id }));
    }

    [Test]
    public async Task WithinOneWorker_MediaCrossesToo()
    {
        await using DirectCall near = await DirectCall.StartAsync(mode);
        Router beside = await near.Worker.CreateRouterAsync(Samples.RouterOptions);
        DirectTransport direct = await beside.CreateDirectTransportAsync(new DirectTransportOptions());
        Producer producer = await near.Transport.ProduceAsync(Samples.OpusProducer);
        RouterPipe pipe = await near.Router.PipeToRouterAsync(new() { Producer = producer, Router = beside, EnableSctp = false });
        Heard<ReadOnlyMemory<byte>> packets = new();
        await direct.ConsumeAsync(new ConsumerOptions
        {
            Producer = pipe.Producer!,
            RtpCapabilities = beside.RtpCapabilities,
            Created = created => created.RtpReceived += packets.Add,
        });

        using Streamer streamer = new(sequence => producer.Send(RtpPackets.Opus(sequence)));

        Assert.That((await packets.NextAsync())[^6..].ToArray(), Is.EqualTo(new byte[] { 0x78, 1, 2, 3, 4, 5 }));
    }

    [Test]
    public async Task Simulcast_CrossesWithAllItsStreams()
    {
        await using DirectCall near = await DirectCall.StartAsync(mode);
        await using DirectCall far = await DirectCall.StartAsync(mode);
        Producer producer = await near.Transport.ProduceAsync(new ProducerOptions
        {
            Kind = MediaKind.Video,
            RtpParameters = Samples.Vp8 with { Encodings = [new() { Ssrc = 31 }, new() { Ssrc = 32 }] },
        });
        RouterPipe pipe = await near.Router.PipeToRouterAsync(new() { Producer = producer, Router = far.Router, EnableSctp = false });
        Heard<ConsumerLayers?> layers = new();
        Consumer consumer = await far.ConsumeAsync(pipe.Producer!, created => created.LayersChanged += layers.Add);

        using Streamer streamer = new(sequence =>
        {
            foreach (uint ssrc in new uint[] { 31, 32 })
            {
                producer.Send(RtpPackets.Vp8(sequence, isKey: sequence % 10 == 1, ssrc));
            }
        });
        await layers.NextAsync(changed => changed?.SpatialLayer == 1);
        await consumer.SetPreferredLayersAsync(new ConsumerLayers(0));
        await layers.NextAsync(changed => changed?.SpatialLayer == 0);

        Assert.That(pipe.Producer!.Type, Is.EqualTo(RtpType.Simulcast));
        Assert.That((await pipe.Producer.GetStatsAsync()).Select(entry => entry.Ssrc), Has.Exactly(2).Items);
    }

    [Test]
    public async Task PauseAndResume_ReachTheFarViewers()
    {
        await using DirectCall near = await DirectCall.StartAsync(mode);
        await using DirectCall far = await DirectCall.StartAsync(mode);
        Producer producer = await near.Transport.ProduceAsync(Samples.OpusProducer with { Paused = true });
        RouterPipe pipe = await near.Router.PipeToRouterAsync(new() { Producer = producer, Router = far.Router, EnableSctp = false });
        Heard<string> events = new();
        Consumer consumer = await far.ConsumeAsync(pipe.Producer!, created =>
        {
            created.ProducerPaused += () => events.Add("paused");
            created.ProducerResumed += () => events.Add("resumed");
            created.Closed += reason => events.Add($"closed {reason}");
        });

        Assert.That((pipe.Producer!.IsPaused, consumer.IsProducerPaused), Is.EqualTo((true, true)));
        await producer.ResumeAsync();
        Assert.That(await events.NextAsync(), Is.EqualTo("resumed"));
        await producer.PauseAsync();
        Assert.That(await events.NextAsync(), Is.EqualTo("paused"));
        await producer.CloseAsync();
        Assert.That(await events.NextAsync(), Is.EqualTo("closed ProducerClosed"));
        Assert.That((pipe.Consumer!.IsClosed, pipe.Producer.IsClosed), Is.EqualTo((true, true)));
        Assert.That((await far.Router.DumpAsync()).ConsumersByProducer, Is.Empty);
    }

    [Test]
    public async Task EndOfARouter_EndsItsPipes()
    {
        await using DirectCall near = await DirectCall.StartAsync(mode);
        await using DirectCall far = await DirectCall.StartAsync(mode);
        Producer producer = await near.Transport.ProduceAsync(Samples.OpusProducer);
        RouterPipe pipe = await near.Router.PipeToRouterAsync(new() { Producer = producer, Router = far.Router, EnableSctp = false });

        await far.Router.CloseAsync();

        Assert.That((pipe.Consumer!.IsClosed, pipe.Producer!.IsClosed, producer.IsClosed), Is.EqualTo((true, true, false)));
        Assert.That((await near.Router.DumpAsync()).TransportIds, Is.EqualTo(new[] { near.Transport.Id }));
        Router again = await far.Worker.CreateRouterAsync(Samples.RouterOptions);
        RouterPipe second = await near.Router.PipeToRouterAsync(new() { Producer = producer, Router = again, EnableSctp = false });
        Assert.That(second.Producer!.IsClosed, Is.False);
    }

    [Test]
    public async Task Messages_CrossToTheOtherRouter()
    {
        await using DirectCall near = await DirectCall.StartAsync(mode);
        await using DirectCall far = await DirectCall.StartAsync(mode);
        DataProducer producer = await near.Transport.ProduceDataAsync(new DataProducerOptions { Label = "chat" });
        RouterPipe pipe = await near.Router.PipeToRouterAsync(new() { DataProducer = producer, Router = far.Router });
        Heard<DataMessage> messages = new();
        await far.Transport.ConsumeDataAsync(new DataConsumerOptions
        {
            DataProducer = pipe.DataProducer!,
            Created = created => created.MessageReceived += messages.Add,
        });

        producer.Send(DataMessage.OfText("first"));
        producer.Send(DataMessage.OfText("second"));

        Assert.That((await messages.NextAsync()).Text, Is.EqualTo("first"));
        Assert.That((await messages.NextAsync()).Text, Is.EqualTo("second"));
        await producer.CloseAsync();
        await near.Router.DumpAsync();
        Assert.That(pipe.DataProducer!.IsClosed, Is.True);
    }

    [Test]
    public async Task PipeTransports_CanBeJoinedByHand()
    {
        await using DirectCall near = await DirectCall.StartAsync(mode);
        PipeTransportOptions options = new() { ListenInfo = new() { Ip = "127.0.0.1" }, EnableSrtp = true };
        PipeTransport first = await near.Router.CreatePipeTransportAsync(options);

        await first.ConnectAsync(new()
        {
            Ip = "127.0.0.1",
            Port = 9,
            SrtpParameters = first.SrtpParameters,
        });

        Assert.That((first.Tuple.RemoteIp, first.Tuple.RemotePort), Is.EqualTo(("127.0.0.1", 9)));
        await Assert.CatchAsync<WorkerRequestException>(() => first.ConnectAsync(new()
        {
            Ip = "127.0.0.1",
            Port = 9,
            SrtpParameters = first.SrtpParameters,
        }));
    }

    private static async Task<PipeTransport> TransportOf(Consumer consumer, DirectCall call)
    {
        Assert.That((await call.Router.DumpAsync()).ProducerByConsumer, Contains.Key(consumer.Id));
        return (PipeTransport)consumer.Transport;
    }
}
