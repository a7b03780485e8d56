namespace Millrace.Controller.Tests.RealWorker;

/// <summary>What transports of the built worker tell when a peer's packets reach them.</summary>
[TestFixture(WorkerMode.Process)]
[TestFixture(WorkerMode.InProcess)]
[Category("RealWorker")]
[CancelAfter(15_000)]
internal sealed class TransportEventTests(WorkerMode mode)
{
    [Test]
    public async Task Comedia_TellsWhereThePeerIs()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        PlainTransport transport = await router.CreatePlainTransportAsync(Samples.PlainOptions with { RtcpMux = false });
        Heard<TransportTuple> tuples = new();
        Heard<TransportTuple> rtcpTuples = new();
        transport.TupleChanged += tuples.Add;
        transport.RtcpTupleChanged += rtcpTuples.Add;
        await transport.ProduceAsync(Samples.OpusProducer);
        using UdpPeer media = new();
        using UdpPeer control = new();

        media.Send(transport.Tuple.LocalPort, RtpPackets.Opus(1));
        control.Send(transport.RtcpTuple!.LocalPort, RtpPackets.SenderReport(1111, 960));
        TransportTuple tuple = await tuples.NextAsync();
        TransportTuple rtcpTuple = await rtcpTuples.NextAsync();

        Assert.That((tuple.RemoteIp, tuple.RemotePort), Is.EqualTo(("127.0.0.1", media.Port)));
        Assert.That((rtcpTuple.RemoteIp, rtcpTuple.RemotePort), Is.EqualTo(("127.0.0.1", control.Port)));
        Assert.That((transport.Tuple, transport.RtcpTuple), Is.EqualTo((tuple, rtcpTuple)));
    }

    [Test]
    public async Task PlainPeer_ReceivesWhatIsConsumed()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        using UdpPeer peer = new();
        PlainTransport transport = await call.Router.CreatePlainTransportAsync(
            new PlainTransportOptions { ListenInfo = new() { Ip = "127.0.0.1" } });
        await transport.ConnectAsync(new() { Ip = "127.0.0.1", Port = peer.Port });
        Producer producer = await call.Transport.ProduceAsync(Samples.OpusProducer);
        Consumer consumer = await transport.ConsumeAsync(
            new() { Producer = producer, RtpCapabilities = call.Router.RtpCapabilities });

        using Streamer streamer = new(sequence => producer.Send(RtpPackets.Opus(sequence)));
        byte[] packet = await peer.ReceiveAsync(datagram => RtpPackets.PayloadTypeOf(datagram) == 100);

        Assert.That(RtpPackets.SsrcOf(packet), Is.EqualTo(consumer.RtpParameters.Encodings[0].Ssrc));
    }

    [Test]
    public async Task WebRtcTransport_TellsOfIceAndDtls()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(Samples.WebRtcOptions);
        Heard<IceState> ice = new();
        Heard<TransportTuple> tuples = new();
        Heard<DtlsState> dtls = new();
        transport.IceStateChanged += ice.Add;
        transport.IceSelectedTupleChanged += tuples.Add;
        transport.DtlsStateChanged += dtls.Add;
        await transport.ConnectAsync(Samples.Dtls with { Role = DtlsRole.Server });
        using UdpPeer peer = new();
        int port = transport.IceCandidates[0].Port;

        peer.Send(port, StunPackets.Nominate(transport.IceParameters, 1));
        await peer.ReceiveAsync(StunPackets.IsSuccess);
        TransportTuple tuple = await tuples.NextAsync();
        await ice.NextAsync(state => state is IceState.Completed);
        await dtls.NextAsync(state => state is DtlsState.Connecting);
        // RFC 9147 and 5764 5.1.2: a first byte of 20 to 63 is DTLS; 22 is a handshake
        byte[] hello = await peer.ReceiveAsync(datagram => datagram[0] == 22);

        Assert.That(tuple.RemotePort, Is.EqualTo(peer.Port));
        Assert.That(hello, Is.Not.Empty);
        Assert.That(transport.IceSelectedTuple, Is.EqualTo(tuple));
        Assert.That((transport.IceState, transport.DtlsState), Is.EqualTo((IceState.Completed, DtlsState.Connecting)));
        WebRtcTransportDump dump = await transport.DumpAsync();
        Assert.That((dump.IceState, dump.DtlsState, dump.IceSelectedTuple), Is.EqualTo(
            (IceState.Completed, DtlsState.Connecting, tuple)));
    }

    [Test]
    public async Task WebRtcTransport_WithSctp_TellsItsEnd()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        WebRtcTransport transport = await router.CreateWebRtcTransportAsync(Samples.WebRtcOptions with
        {
            EnableSctp = true,
            Sctp = new() { MaxSendMessageSize = 1000, MaxReceiveMessageSize = 2000 },
        });
        DataProducer producer = await transport.ProduceDataAsync(
            new DataProducerOptions { SctpStreamParameters = new() { StreamId = 4, MaxPacketLifeTime = 500 } });
        DataConsumer consumer = await transport.ConsumeDataAsync(new DataConsumerOptions { DataProducer = producer });
        WebRtcTransportDump dump = await transport.DumpAsync();

        Assert.That((transport.SctpParameters!.IsDataChannel, transport.SctpState), Is.EqualTo((true, (SctpState?)SctpState.New)));
        Assert.That((dump.MaxSendMessageSize, dump.MaxReceiveMessageSize), Is.EqualTo((1000, 2000)));
        Assert.That(dump.DataProducerByStreamId[4], Is.EqualTo(producer.Id));
        Assert.That(consumer.SctpStreamParameters, Is.EqualTo(
            new SctpStreamParameters { StreamId = 0, Ordered = false, MaxPacketLifeTime = 500 }));
        await Assert.CatchAsync<WorkerRequestException>(() => transport.ProduceDataAsync(
            new DataProducerOptions { SctpStreamParameters = new() { StreamId = 4 } }));
    }
}
