namespace Millrace.Controller.Tests.RealWorker;

/// <summary>Messages through the built worker: over a direct transport, and over SCTP between two plain transports.</summary>
[TestFixture(WorkerMode.Process)]
[TestFixture(WorkerMode.InProcess)]
[Category("RealWorker")]
[CancelAfter(15_000)]
internal sealed class DataChannelTests(WorkerMode mode)
{
    [Test]
    public async Task DirectMessages_ReachThoseWhoSubscribed()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        DataProducer producer = await call.Transport.ProduceDataAsync(new DataProducerOptions { Label = "chat", Protocol = "p" });
        Heard<DataMessage> everybody = new();
        Heard<DataMessage> members = new();
        await call.Transport.ConsumeDataAsync(new DataConsumerOptions
        {
            DataProducer = producer,
            Created = created => created.MessageReceived += everybody.Add,
        });
        DataConsumer member = await call.Transport.ConsumeDataAsync(new DataConsumerOptions
        {
            DataProducer = producer,
            Subchannels = [7],
            Created = created => created.MessageReceived += members.Add,
        });

        producer.Send(DataMessage.OfText("all"));
        producer.Send(DataMessage.OfText("some"), new DataSendOptions { Subchannels = [6, 7] });
        producer.Send(DataMessage.OfText("must"), new DataSendOptions { RequiredSubchannel = 7 });
        producer.Send(DataMessage.OfText("others"), new DataSendOptions { IgnoredSubchannel = 7 });
        producer.Send(DataMessage.OfBinary(new byte[] { 1 }));

        Assert.That(
            new[] { (await members.NextAsync()).Text, (await members.NextAsync()).Text, (await members.NextAsync()).Text },
            Is.EqualTo(new[] { "all", "some", "must" }));
        Assert.That((await members.NextAsync()).Ppid, Is.EqualTo(DataMessage.BinaryPpid));
        Assert.That(
            new[] { (await everybody.NextAsync()).Text, (await everybody.NextAsync()).Text },
            Is.EqualTo(new[] { "all", "others" }));
        await member.SetSubchannelsAsync([1, 2]);
        await member.AddSubchannelAsync(3);
        await member.RemoveSubchannelAsync(1);
        Assert.That(member.Subchannels, Is.EquivalentTo(new[] { 2, 3 }));
        Assert.That((await member.DumpAsync()).Subchannels, Is.EquivalentTo(new[] { 2, 3 }));
    }

    [Test]
    public async Task DirectDataProducer_TakesEveryCall()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        DataProducer producer = await call.Transport.ProduceDataAsync(new DataProducerOptions { Label = "chat", Paused = true });
        Heard<DataMessage> messages = new();
        Heard<string> events = new();
        DataConsumer consumer = await call.Transport.ConsumeDataAsync(new DataConsumerOptions
        {
            DataProducer = producer,
            Created = created =>
            {
                created.MessageReceived += messages.Add;
                created.DataProducerPaused += () => events.Add("paused");
                created.DataProducerResumed += () => events.Add("resumed");
                created.DataProducerClosed += () => events.Add("closed");
            },
        });

        Assert.That((producer.IsPaused, consumer.IsDataProducerPaused), Is.EqualTo((true, true)));
        producer.Send(DataMessage.OfText("unheard"));
        await producer.ResumeAsync();
        Assert.That(await events.NextAsync(), Is.EqualTo("resumed"));
        await consumer.PauseAsync();
        producer.Send(DataMessage.OfText("unheard as well"));
        await consumer.ResumeAsync();
        producer.Send(DataMessage.OfText("heard"));
        Assert.That((await messages.NextAsync()).Text, Is.EqualTo("heard"));
        await producer.PauseAsync();
        Assert.That(await events.NextAsync(), Is.EqualTo("paused"));
        DataProducerDump dump = await producer.DumpAsync();
        DataProducerStats stats = await producer.GetStatsAsync();
        DataConsumerStats sent = await consumer.GetStatsAsync();
        Assert.That((dump.Type, dump.Label, dump.Paused), Is.EqualTo((DataType.Direct, "chat", true)));
        Assert.That((stats.Label, stats.MessagesReceived), Is.EqualTo(("chat", 2ul)).Or.EqualTo(("chat", 3ul)));
        Assert.That(sent.MessagesSent, Is.EqualTo(1));
        DirectTransportDump transport = await call.Transport.DumpAsync();
        Assert.That((transport.Direct, transport.MaxSendMessageSize), Is.EqualTo((true, 262_144)));
        Assert.That(transport.DataProducerIds, Is.EqualTo(new[] { producer.Id }));
        Assert.That(transport.DataConsumerIds, Is.EqualTo(new[] { consumer.Id }));
        Assert.That((await call.Router.DumpAsync()).DataProducerByDataConsumer[consumer.Id], Is.EqualTo(producer.Id));
        await producer.CloseAsync();
        Assert.That(await events.NextAsync(), Is.EqualTo("closed"));
        Assert.That(consumer.IsClosed, Is.True);
        await consumer.CloseAsync();
    }

    [Test]
    public async Task SctpMessages_CrossFromTransportToTransport()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        (PlainTransport near, PlainTransport far) = await JoinAsync(call.Router);
        DataProducer source = await call.Transport.ProduceDataAsync(new DataProducerOptions { Label = "l" });
        DataConsumer sender = await near.ConsumeDataAsync(new DataConsumerOptions { DataProducer = source, MaxRetransmits = 2 });
        DataProducer arrived = await far.ProduceDataAsync(
            new DataProducerOptions { SctpStreamParameters = sender.SctpStreamParameters });
        Heard<DataMessage> messages = new();
        await call.Transport.ConsumeDataAsync(new DataConsumerOptions
        {
            DataProducer = arrived,
            Created = created => created.MessageReceived += messages.Add,
        });

        source.Send(DataMessage.OfText("from the source"));
        Assert.That((await messages.NextAsync()).Text, Is.EqualTo("from the source"));
        await sender.SendAsync(DataMessage.OfText("from the host"));
        Assert.That((await messages.NextAsync()).Text, Is.EqualTo("from the host"));
        await sender.SendAsync(DataMessage.OfText(""));
        Assert.That((await messages.NextAsync()).Ppid, Is.EqualTo(DataMessage.EmptyTextPpid));
        byte[] large = new byte[200_000];
        new Random(5).NextBytes(large);
        await sender.SendAsync(DataMessage.OfBinary(large));
        Assert.That((await messages.NextAsync()).Payload.ToArray(), Is.EqualTo(large));

        PlainTransportDump dump = await far.DumpAsync();
        Assert.That(dump.DataProducerByStreamId, Is.EqualTo(new Dictionary<int, string> { [0] = arrived.Id }));
        Assert.That((dump.SctpState, near.SctpState), Is.EqualTo(((SctpState?)SctpState.Connected, (SctpState?)SctpState.Connected)));
        Assert.That((await far.GetStatsAsync()).SctpState, Is.EqualTo(SctpState.Connected));
        Assert.That((await sender.DumpAsync()).SctpStreamParameters, Is.EqualTo(sender.SctpStreamParameters));
        Assert.That((await sender.GetStatsAsync()).MessagesSent, Is.EqualTo(4));
        Assert.That((await arrived.GetStatsAsync()).MessagesReceived, Is.EqualTo(4));
    }

    [Test]
    public async Task SctpTransport_TellsItsStates()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        Heard<SctpState> states = new();
        Heard<SctpCapabilities> agreed = new();
        call.Router.TransportCreated += created =>
        {
            created.SctpStateChanged += states.Add;
            created.SctpNegotiated += agreed.Add;
        };

        (PlainTransport near, _) = await JoinAsync(call.Router);
        SctpCapabilities capabilities = await agreed.NextAsync();

        Assert.That(await states.NextAsync(state => state == SctpState.Connecting), Is.EqualTo(SctpState.Connecting));
        Assert.That(capabilities.MaxOutboundStreams, Is.GreaterThan(0));
        Assert.That((near.SctpParameters!.Port, near.SctpParameters.IsDataChannel), Is.EqualTo((5000, false)));
        Assert.That((await near.DumpAsync()).SctpCapabilities, Is.EqualTo(near.SctpCapabilities));
    }

    [Test]
    public async Task ClosedDataConsumer_LeavesNothingBehind()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        (PlainTransport near, PlainTransport far) = await JoinAsync(call.Router);
        DataProducer source = await call.Transport.ProduceDataAsync(new DataProducerOptions());
        DataConsumer sender = await near.ConsumeDataAsync(new DataConsumerOptions { DataProducer = source });
        DataProducer arrived = await far.ProduceDataAsync(
            new DataProducerOptions { SctpStreamParameters = sender.SctpStreamParameters });

        await sender.CloseAsync();
        await arrived.CloseAsync();
        await source.CloseAsync();

        RouterDump dump = await call.Router.DumpAsync();
        Assert.That(dump.DataConsumersByDataProducer, Is.Empty);
        Assert.That(dump.DataProducerByDataConsumer, Is.Empty);
        Assert.That((await near.DumpAsync()).DataConsumerIds, Is.Empty);
    }

    // Two transports of one router that are each other's peers, with SCTP connected on both.
    private static async Task<(PlainTransport Near, PlainTransport Far)> JoinAsync(Router router, SctpOptions? sctp = null)
    {
        PlainTransportOptions options = new()
        {
            ListenInfo = new() { Ip = "127.0.0.1" },
            EnableSctp = true,
            Sctp = sctp ?? new SctpOptions(),
        };
        PlainTransport near = await router.CreatePlainTransportAsync(options);
        PlainTransport far = await router.CreatePlainTransportAsync(options);
        Heard<SctpState> states = new();
        near.SctpStateChanged += states.Add;
        Heard<SctpState> farStates = new();
        far.SctpStateChanged += farStates.Add;
        await near.ConnectAsync(new() { Ip = far.Tuple.LocalAddress, Port = far.Tuple.LocalPort });
        await far.ConnectAsync(new() { Ip = near.Tuple.LocalAddress, Port = near.Tuple.LocalPort });
        await states.NextAsync(state => state == SctpState.Connected);
        await farStates.NextAsync(state => state == SctpState.Connected);
        return (near, far);
    }
}
