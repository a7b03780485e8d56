namespace Millrace.Controller.Tests.RealWorker;

/// <summary>What the built worker counts, as the controller gets it.</summary>
[TestFixture(WorkerMode.Process)]
[TestFixture(WorkerMode.InProcess)]
[Category("RealWorker")]
[CancelAfter(15_000)]
internal sealed class CountersTests(WorkerMode mode)
{
    [Test]
    public async Task PacketsOfACall_AreCounted()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        using UdpPeer sender = new();
        using UdpPeer viewer = new();
        PlainTransport incoming = await call.Router.CreatePlainTransportAsync(Samples.PlainOptions);
        PlainTransport outgoing = await call.Router.CreatePlainTransportAsync(
            new PlainTransportOptions { ListenInfo = new() { Ip = "127.0.0.1" } });
        await outgoing.ConnectAsync(new() { Ip = "127.0.0.1", Port = viewer.Port });
        Producer producer = await incoming.ProduceAsync(Samples.OpusProducer);
        await outgoing.ConsumeAsync(new() { Producer = producer, RtpCapabilities = call.Router.RtpCapabilities });

        sender.Send(incoming.Tuple.LocalPort, RtpPackets.Opus(1));
        sender.Send(incoming.Tuple.LocalPort, RtpPackets.Opus(1, ssrc: 99));
        sender.Send(incoming.Tuple.LocalPort, RtpPackets.Opus(2));
        for (int i = 0; i < 2; i++)
        {
            await viewer.ReceiveAsync(datagram => RtpPackets.PayloadTypeOf(datagram) == 100);
        }
        MediaCounters counters = await call.Worker.GetCountersAsync();

        Assert.That(counters.Received.Packets, Is.EqualTo(3));
        Assert.That(counters.Media.RtpReceived.Packets, Is.EqualTo(3));
        Assert.That(counters.Media.RtpSent.Packets, Is.EqualTo(2));
        Assert.That(counters.Sent.Packets, Is.GreaterThanOrEqualTo(2));
        Assert.That(counters.Drops, Is.EqualTo(new Dictionary<string, ulong> { ["unknown-stream"] = 1 }));
        Assert.That(counters.Batches.Receive.Sum, Is.EqualTo(3));
        Assert.That(counters.Batches.Send.Sum, Is.EqualTo(counters.Sent.Packets));
        Assert.That(counters.Batches.TickMicroseconds.Count, Is.GreaterThan(0));
    }

    [Test]
    public async Task ObjectsAndRequests_AreCounted()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        await call.Transport.ProduceAsync(Samples.OpusProducer);
        await Assert.CatchAsync<WorkerRequestException>(() => call.Transport.ProduceAsync(Samples.OpusProducer));

        MediaCounters counters = await call.Worker.GetCountersAsync();

        Assert.That((counters.Objects.Routers, counters.Objects.Transports, counters.Objects.Producers), Is.EqualTo((1ul, 1ul, 1ul)));
        Assert.That(counters.Objects.PacketsMax, Is.GreaterThan(0));
        Assert.That(counters.Channel.Requests, Is.EqualTo((ulong)call.Worker.Counters.Requests));
        Assert.That(counters.Channel.RequestsRefused, Is.EqualTo(1));
    }

    [Test]
    public async Task NewWorker_BeginsAtZero()
    {
        await using (DirectCall call = await DirectCall.StartAsync(mode))
        {
            Producer producer = await call.Transport.ProduceAsync(Samples.OpusProducer);
            producer.Send(RtpPackets.Opus(1));
            Assert.That((await call.Worker.GetCountersAsync()).Media.RtpReceived.Packets, Is.EqualTo(1));
        }

        await using DirectCall next = await DirectCall.StartAsync(mode);

        Assert.That((await next.Worker.GetCountersAsync()).Media.RtpReceived.Packets, Is.Zero);
    }
}
