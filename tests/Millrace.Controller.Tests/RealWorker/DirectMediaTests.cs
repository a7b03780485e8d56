using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>Media through a direct transport of the built worker: every event that packets cause.</summary>
[TestFixture(WorkerMode.Process)]
[TestFixture(WorkerMode.InProcess)]
[Category("RealWorker")]
[CancelAfter(15_000)]
internal sealed class DirectMediaTests(WorkerMode mode)
{
    [Test]
    public async Task Rtp_GoesInAndComesOut_Renumbered()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        Producer producer = await call.Transport.ProduceAsync(Samples.OpusProducer);
        Heard<ReadOnlyMemory<byte>> packets = new();
        Consumer consumer = await call.ConsumeAsync(producer, created => created.RtpReceived += packets.Add);

        producer.Send(RtpPackets.Opus(1));
        producer.Send(RtpPackets.Opus(2));
        ReadOnlyMemory<byte> first = await packets.NextAsync();
        ReadOnlyMemory<byte> second = await packets.NextAsync();

        RtpCodecParameters codec = consumer.RtpParameters.Codecs[0];
        Assert.That((RtpPackets.SsrcOf(first), RtpPackets.PayloadTypeOf(first)), Is.EqualTo(
            (consumer.RtpParameters.Encodings[0].Ssrc!.Value, codec.PayloadType)));
        Assert.That(RtpPackets.SequenceOf(second), Is.EqualTo((RtpPackets.SequenceOf(first) + 1) & 0xFFFF));
        Assert.That(first[^6..].ToArray(), Is.EqualTo(new byte[] { 0x78, 1, 2, 3, 4, 5 }));
        RtpStreamStats stats = (await producer.GetStatsAsync()).Single();
        Assert.That((stats.PacketCount, stats.Ssrc), Is.EqualTo((2ul, 1111u)));
        Assert.That((await call.Transport.GetStatsAsync()).RtpBytesReceived, Is.GreaterThan(0));
    }

    [Test]
    public async Task PausedProducerAndConsumer_LetNothingThrough()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        Producer producer = await call.Transport.ProduceAsync(Samples.OpusProducer);
        Heard<ReadOnlyMemory<byte>> packets = new();
        Consumer consumer = await call.ConsumeAsync(producer, created => created.RtpReceived += packets.Add);

        await producer.PauseAsync();
        producer.Send(RtpPackets.Opus(1));
        await producer.ResumeAsync();
        await consumer.PauseAsync();
        producer.Send(RtpPackets.Opus(2));
        await consumer.ResumeAsync();
        producer.Send(RtpPackets.Opus(3, 1111, (4, "0"u8.ToArray())));
        await packets.NextAsync();
        await producer.DumpAsync();

        Assert.That(packets.TryNext(out _), Is.False);
    }

    [Test]
    public async Task Rtcp_GoesInAndComesOut()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        Heard<ReadOnlyMemory<byte>> rtcp = new();
        call.Transport.RtcpReceived += rtcp.Add;
        Heard<TraceEvent> traces = new();
        Producer producer = await call.Transport.ProduceAsync(Samples.Vp8Producer with
        {
            Created = created => created.Trace += traces.Add,
        });
        await producer.EnableTraceEventAsync([TraceEventType.SenderReport, TraceEventType.KeyFrame]);
        Consumer consumer = await call.ConsumeAsync(producer);

        producer.Send(RtpPackets.Vp8(1, isKey: true));
        call.Transport.SendRtcp(RtpPackets.SenderReport(2222, 3000));
        TraceEvent keyFrame = await traces.NextAsync();
        TraceEvent report = await traces.NextAsync();
        await consumer.RequestKeyFrameAsync();
        ReadOnlyMemory<byte> request = default;
        while (request.IsEmpty || !Contains(request, 206))
        {
            request = await rtcp.NextAsync();
        }

        Assert.That(((TraceDetail.Packet)keyFrame.Detail!).Content.IsKeyFrame, Is.True);
        Assert.That(report.Detail, Is.EqualTo(new TraceDetail.SenderReport(2222, 0xE0000001, 0x80000000, 3000, 10, 1000)));
        Assert.That((keyFrame.Direction, report.Direction), Is.EqualTo((TraceDirection.In, TraceDirection.In)));
    }

    [Test]
    public async Task Traces_TellOfEverythingThatPasses()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        Heard<TraceEvent> sent = new();
        Heard<TraceEvent> received = new();
        Producer producer = await call.Transport.ProduceAsync(
            Samples.Vp8Producer with { Created = created => created.Trace += received.Add });
        await producer.EnableTraceEventAsync([TraceEventType.Rtp, TraceEventType.Pli, TraceEventType.Nack]);
        Consumer consumer = await call.ConsumeAsync(producer, created => created.Trace += sent.Add);
        await consumer.EnableTraceEventAsync(
            [TraceEventType.Rtp, TraceEventType.KeyFrame, TraceEventType.Nack, TraceEventType.Pli, TraceEventType.Fir]);
        uint ssrc = consumer.RtpParameters.Encodings[0].Ssrc!.Value;

        producer.Send(RtpPackets.Vp8(10, isKey: true));
        TraceEvent key = await sent.NextAsync(trace => trace.Type == TraceEventType.KeyFrame);
        int sequence = ((TraceDetail.Packet)key.Detail!).Content.SequenceNumber;
        call.Transport.SendRtcp(RtpPackets.Nack(ssrc, sequence));
        await sent.NextAsync(trace => trace.Type == TraceEventType.Nack);
        call.Transport.SendRtcp(RtpPackets.Pli(ssrc));
        TraceEvent pli = await sent.NextAsync(trace => trace.Type == TraceEventType.Pli);
        call.Transport.SendRtcp(RtpPackets.Fir(ssrc, 1));
        TraceEvent fir = await sent.NextAsync(trace => trace.Type == TraceEventType.Fir);
        producer.Send(RtpPackets.Vp8(12, isKey: false));
        await received.NextAsync(trace => trace.Type == TraceEventType.Nack);
        await received.NextAsync(trace => trace.Type == TraceEventType.Pli);

        Assert.That((pli.Detail, fir.Detail), Is.EqualTo((new TraceDetail.Feedback(ssrc), new TraceDetail.Feedback(ssrc))));
        Assert.That((await consumer.GetStatsAsync()).First(entry => entry.Type == "outbound-rtp").PliCount, Is.EqualTo(1));
    }

    [Test]
    public async Task VideoOrientation_IsTold()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        Heard<VideoOrientation> orientations = new();
        Producer producer = await call.Transport.ProduceAsync(Samples.Vp8Producer with
        {
            RtpParameters = Samples.Vp8 with
            {
                HeaderExtensions =
                [
                    new() { Uri = RtpHeaderExtensionUri.Mid, Id = 4 },
                    new() { Uri = RtpHeaderExtensionUri.VideoOrientation, Id = 5 },
                ],
            },
            Created = created => created.VideoOrientationChanged += orientations.Add,
        });

        // 3GPP TS 26.114 7.4.5: camera, flip, and the rotation in steps of 90 degrees
        producer.Send(RtpPackets.Vp8(1, isKey: true, 2222, (5, [0b0000_1101])));
        VideoOrientation orientation = await orientations.NextAsync();

        Assert.That(orientation, Is.EqualTo(producer.VideoOrientation));
        Assert.That((orientation.Camera, orientation.Flip), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task Simulcast_SwitchesByRequest_AndTellsItsScores()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        Heard<IReadOnlyList<ProducerScore>> scores = new();
        Producer producer = await call.Transport.ProduceAsync(new ProducerOptions
        {
            Kind = MediaKind.Video,
            RtpParameters = Samples.Vp8 with { Encodings = [new() { Ssrc = 31 }, new() { Ssrc = 32 }, new() { Ssrc = 33 }] },
            Created = created => created.Scored += scores.Add,
        });
        Heard<ConsumerLayers?> layers = new();
        Heard<ConsumerScore> consumerScores = new();
        Consumer consumer = await call.ConsumeAsync(producer, created =>
        {
            created.LayersChanged += layers.Add;
            created.Scored += consumerScores.Add;
        });
        using Streamer streamer = new(sequence =>
        {
            foreach (uint ssrc in new uint[] { 31, 32, 33 })
            {
                producer.Send(RtpPackets.Vp8(sequence, isKey: sequence % 10 == 1, ssrc));
            }
        });

        ConsumerLayers? best = await layers.NextAsync(changed => changed?.SpatialLayer == 2);
        ConsumerLayers? answer = await consumer.SetPreferredLayersAsync(new ConsumerLayers(0, 0));
        ConsumerLayers? lower = await layers.NextAsync(changed => changed?.SpatialLayer == 0);
        await scores.NextAsync();
        await consumerScores.NextAsync();

        Assert.That((producer.Type, consumer.Type), Is.EqualTo((RtpType.Simulcast, RtpType.Simulcast)));
        Assert.That((best!.SpatialLayer, answer!.SpatialLayer, lower!.SpatialLayer), Is.EqualTo((2, 0, 0)));
        Assert.That(consumer.PreferredLayers, Is.EqualTo(answer));
        Assert.That((await consumer.DumpAsync()).CurrentLayers!.SpatialLayer, Is.Zero);
        Assert.That(consumer.Score.ProducerScores, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Observers_TellWhoIsLoud_WhoLeads_AndThatNobodySpeaks()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        ProducerOptions options = Samples.OpusProducer with
        {
            RtpParameters = Samples.Opus with
            {
                HeaderExtensions = [new() { Uri = RtpHeaderExtensionUri.SsrcAudioLevel, Id = 1 }],
            },
        };
        Producer loud = await call.Transport.ProduceAsync(options);
        Producer still = await call.Transport.ProduceAsync(options with
        {
            RtpParameters = options.RtpParameters with { Mid = "9", Encodings = [new() { Ssrc = 1112 }] },
        });
        Heard<IReadOnlyList<AudioLevel>> volumes = new();
        Heard<string> leaders = new();
        TaskCompletionSource silence = new(TaskCreationOptions.RunContinuationsAsynchronously);
        AudioLevelObserver levels = await call.Router.CreateAudioLevelObserverAsync(new AudioLevelObserverOptions
        {
            Threshold = -60,
            Interval = 250,
            Created = created =>
            {
                created.Volumes += volumes.Add;
                created.Silence += () => silence.TrySetResult();
            },
        });
        ActiveSpeakerObserver speaker = await call.Router.CreateActiveSpeakerObserverAsync(
            new ActiveSpeakerObserverOptions { Created = created => created.DominantSpeakerChanged += leaders.Add });
        foreach (RtpObserver observer in new RtpObserver[] { levels, speaker })
        {
            await observer.AddProducerAsync(loud);
            await observer.AddProducerAsync(still);
        }

        // RFC 6464 3: the voice flag, and the level as minus dBov
        using (Streamer speech = new(sequence =>
        {
            loud.Send(RtpPackets.Opus(sequence, 1111, (1, [0x80 | 10])));
            still.Send(RtpPackets.Opus(sequence, 1112, (1, [127])));
        }))
        {
            IReadOnlyList<AudioLevel> heard = await volumes.NextAsync();
            string leader = await leaders.NextAsync(id => id == loud.Id);
            Assert.That(heard.Single().ProducerId, Is.EqualTo(loud.Id));
            Assert.That(heard.Single().Volume, Is.EqualTo(-10).Within(2));
            Assert.That(speaker.DominantSpeakerId, Is.EqualTo(leader));
        }
        await silence.Task.WaitAsync(TestContext.CurrentContext.CancellationToken);
        await speaker.PauseAsync();
        await speaker.ResumeAsync();
        await speaker.RemoveProducerAsync(still);
        RouterDump dump = await call.Router.DumpAsync();
        Assert.That(dump.ObserversByProducer[loud.Id], Is.EquivalentTo(new[] { levels.Id, speaker.Id }));
        Assert.That(dump.ObserversByProducer[still.Id], Is.EqualTo(new[] { levels.Id }));
        await speaker.CloseAsync();
        Assert.That((await call.Router.DumpAsync()).RtpObserverIds, Is.EqualTo(new[] { levels.Id }));
    }

    // Whether a compound packet has a part of this type.
    private static bool Contains(ReadOnlyMemory<byte> compound, byte type)
    {
        for (int at = 0; at + 4 <= compound.Length;)
        {
            if (compound.Span[at + 1] == type)
            {
                return true;
            }
            at += 4 * (1 + System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(compound.Span[(at + 2)..]));
        }
        return false;
    }
}
