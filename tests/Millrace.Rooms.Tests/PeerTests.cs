using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.Controller.Tests.RealWorker;
using Millrace.Testing;
using NUnit.Framework.Constraints;

namespace Millrace.Rooms.Tests;

/// <summary>What a peer may do with what is its own, and that it can do nothing with what is not.</summary>
[CancelAfter(60_000)]
internal sealed class PeerTests : IAsyncDisposable
{
    private readonly RoomRegistry _rooms = new(
        Workers.Pool,
        new RoomOptions { NewId = () => "room", Limits = new RoomLimits { Producers = 2, Transports = 3 } },
        NullLogger.Instance);

    private readonly Visitor _alice = new("alice");
    private readonly Visitor _bob = new("bob");
    private Scene _scene = null!;

    [SetUp]
    public async Task AliceIsSeenByBob()
    {
        Room room = await _rooms.CreateAsync("room");
        await _alice.EnterAsync(room);
        await _bob.EnterAsync(room);
        WebRtcTransport send = await _alice.SendsOnAsync();
        WebRtcTransport receive = await _bob.ReceivesOnAsync();
        Publication picture = await _alice.ProducesAsync(send, MediaKind.Video, 100);
        await room.RunAsync(() => Task.FromResult(0)).Within();
        _scene = new Scene(room, send, receive, picture, _bob.Peer.Subscriptions.Single());
        _alice.Forget();
        _bob.Forget();
    }

    public ValueTask DisposeAsync() => _rooms.DisposeAsync();

    [Test]
    public void ForeignObjects_AreNotFound()
    {
        Func<Peer, Task>[] onTransport =
        [
            p => p.ConnectTransportAsync(_scene.Send.Id, Browser.Dtls),
            p => p.RestartIceAsync(_scene.Send.Id),
            p => p.CloseTransportAsync(_scene.Send.Id),
            p => p.ProduceAsync(_scene.Send.Id, MediaKind.Audio, Browser.Opus(700), null),
        ];
        Func<Peer, Task>[] onProducer =
        [
            p => p.PauseProducerAsync(_scene.Picture.Producer.Id),
            p => p.ResumeProducerAsync(_scene.Picture.Producer.Id),
            p => p.CloseProducerAsync(_scene.Picture.Producer.Id),
        ];
        Func<Peer, Task>[] onConsumer =
        [
            p => p.PauseConsumerAsync(_scene.View.Consumer.Id),
            p => p.ResumeConsumerAsync(_scene.View.Consumer.Id),
            p => p.CloseConsumerAsync(_scene.View.Consumer.Id),
            p => p.ConfirmConsumerAsync(_scene.View.Consumer.Id),
            p => p.RequestKeyFrameAsync(_scene.View.Consumer.Id),
        ];

        using (Assert.EnterMultipleScope())
        {
            foreach (Func<Peer, Task> act in onTransport)
            {
                Assert.That(async () => await _bob.DoesAsync(act), Refused(new RoomError.NoSuchTransport(_scene.Send.Id)));
            }
            foreach (Func<Peer, Task> act in onProducer)
            {
                Assert.That(async () => await _bob.DoesAsync(act), Refused(new RoomError.NoSuchProducer(_scene.Picture.Producer.Id)));
            }
            foreach (Func<Peer, Task> act in onConsumer)
            {
                Assert.That(async () => await _alice.DoesAsync(act), Refused(new RoomError.NoSuchConsumer(_scene.View.Consumer.Id)));
            }
        }
        Assert.That(_scene.Picture.Producer.IsClosed || _scene.Picture.Producer.IsPaused || _scene.View.Consumer.IsClosed, Is.False);
        Assert.That(_alice.Told, Is.Empty);
        Assert.That(_bob.Told, Is.Empty);
    }

    [Test]
    public async Task Confirm_LetsTheMediaFlow_Once()
    {
        await _bob.DoesAsync(p => p.ConfirmConsumerAsync(_scene.View.Consumer.Id));
        await _bob.DoesAsync(p => p.ConfirmConsumerAsync(_scene.View.Consumer.Id));

        Assert.That(_scene.View.Consumer.IsPaused, Is.False);
        Assert.That(_bob.Told, Is.EqualTo(new[] { $"consumer resumed {_scene.View.Consumer.Id}" }));
    }

    [Test]
    public async Task AConsumerPausedBeforeItWasConfirmed_StaysPaused_UntilItsReceiverWantsIt()
    {
        string id = _scene.View.Consumer.Id;
        await _bob.DoesAsync(p => p.PauseConsumerAsync(id));
        await _bob.DoesAsync(p => p.ConfirmConsumerAsync(id));
        Assert.That(_scene.View.Consumer.IsPaused, Is.True);

        await _bob.DoesAsync(p => p.ResumeConsumerAsync(id));

        Assert.That(_scene.View.Consumer.IsPaused, Is.False);
        Assert.That(_bob.Told, Is.EqualTo(new[] { $"consumer paused {id}", $"consumer resumed {id}" }));
    }

    [Test]
    public async Task PauseAndResumeOfAProducer_AreToldToItsOwner_ThenToItsViewers_AndOnlyOnce()
    {
        string producer = _scene.Picture.Producer.Id;
        string consumer = _scene.View.Consumer.Id;

        await _alice.DoesAsync(p => p.PauseProducerAsync(producer));
        await _alice.DoesAsync(p => p.PauseProducerAsync(producer));
        Assert.That((await _scene.Picture.Producer.DumpAsync()).Paused, Is.True);
        await _alice.DoesAsync(p => p.ResumeProducerAsync(producer));
        await _alice.DoesAsync(p => p.ResumeProducerAsync(producer));

        Assert.That(_alice.Told, Is.EqualTo(new[] { $"producer paused {producer}", $"producer resumed {producer}" }));
        Assert.That(_bob.Told, Is.EqualTo(new[] { $"consumer paused {consumer}", $"consumer resumed {consumer}" }));
    }

    [Test]
    public async Task AViewerThatPausedItself_IsNotToldOfTheProducersPauses()
    {
        await _bob.DoesAsync(p => p.ConfirmConsumerAsync(_scene.View.Consumer.Id));
        await _bob.DoesAsync(p => p.PauseConsumerAsync(_scene.View.Consumer.Id));
        _bob.Forget();

        await _alice.DoesAsync(p => p.PauseProducerAsync(_scene.Picture.Producer.Id));
        await _alice.DoesAsync(p => p.ResumeProducerAsync(_scene.Picture.Producer.Id));

        Assert.That(_bob.Told, Is.Empty);
        Assert.That(_scene.View.Consumer.IsPaused, Is.True);
    }

    [Test]
    public async Task CloseOfAProducer_ClosesItsConsumersFirst()
    {
        await _alice.DoesAsync(p => p.CloseProducerAsync(_scene.Picture.Producer.Id));

        Assert.That(_bob.Told, Is.EqualTo(new[] { $"consumer closed {_scene.View.Consumer.Id}" }));
        Assert.That(_alice.Told, Is.EqualTo(new[] { $"producer closed {_scene.Picture.Producer.Id}" }));
        Assert.That((await _scene.Send.DumpAsync()).ProducerIds, Is.Empty);
        Assert.That((await _scene.Receive.DumpAsync()).ConsumerIds, Is.Empty);
    }

    [Test]
    public async Task CloseOfATransport_ClosesWhatIsOnIt()
    {
        await _alice.DoesAsync(p => p.CloseTransportAsync(_scene.Send.Id));

        Assert.That(_alice.Told, Is.EqualTo(new[] { $"producer closed {_scene.Picture.Producer.Id}", $"transport closed {_scene.Send.Id}" }));
        Assert.That(_bob.Told, Is.EqualTo(new[] { $"consumer closed {_scene.View.Consumer.Id}" }));
        Assert.That(_alice.Peer.Publications, Is.Empty);
        Assert.That(_scene.Send.IsClosed, Is.True);
    }

    // What ICE and DTLS say of a client that is gone reaches the room in one way: here its DTLS ends with an alert.
    [Test]
    public async Task ATransportWhosePeerEndsIt_IsClosed_AndItsViewersAreTold()
    {
        WebRtcTransport send = _scene.Send;
        await _alice.DoesAsync(p => p.ConnectTransportAsync(send.Id, Browser.Dtls with { Role = DtlsRole.Server }));
        using UdpClient browser = new(new IPEndPoint(IPAddress.Loopback, 0));
        IceCandidate candidate = send.IceCandidates.First(c => c.Protocol == TransportProtocol.Udp);
        IPEndPoint worker = new(IPAddress.Parse(candidate.Address), candidate.Port);
        await browser.SendAsync(StunPackets.Nominate(send.IceParameters, 1), worker);
        byte[] datagram;
        do
        {
            datagram = (await browser.ReceiveAsync().Within()).Buffer;
        }
        while (datagram[0] != 22);
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        send.Closed += _ => closed.TrySetResult();

        // RFC 5246 7.2: a fatal handshake_failure
        await browser.SendAsync(new byte[] { 21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40 }, worker);
        await closed.Task.Within();
        await _scene.Room.RunAsync(() => Task.FromResult(0)).Within();

        Assert.That(_scene.Picture.Producer.IsClosed, Is.True);
        Assert.That(_bob.Told, Does.Contain($"consumer closed {_scene.View.Consumer.Id}"));
        Assert.That(_alice.Told, Does.Contain($"transport closed {send.Id}"));
    }

    [Test]
    public async Task ASecondReceivingTransport_TakesTheFirstOnesPlace()
    {
        WebRtcTransport next = await _bob.ReceivesOnAsync();
        await Settled();

        Assert.That(_bob.Told, Is.EqualTo(new[]
        {
            $"consumer closed {_scene.View.Consumer.Id}",
            $"transport closed {_scene.Receive.Id}",
            $"consumer created of {_scene.Picture.Producer.Id}",
        }));
        Assert.That(_scene.Receive.IsClosed, Is.True);
        Assert.That((await next.DumpAsync()).ConsumerIds, Is.EqualTo(_bob.Peer.Subscriptions.Select(s => s.Consumer.Id)));
    }

    [Test]
    public async Task Produce_BeyondTheLimit_IsRefused()
    {
        await _alice.ProducesAsync(_scene.Send, MediaKind.Audio, 200);

        await Assert.ThatAsync(async () => await _alice.ProducesAsync(_scene.Send, MediaKind.Video, 300), Refused(new RoomError.TooMany("Producers")));
    }

    [Test]
    public async Task TransportsOfNoUse_AreLimitedToo()
    {
        Task Another(Peer peer) => peer.CreateTransportAsync(producing: false, consuming: false, forceTcp: false);
        await _alice.DoesAsync(Another);
        await _alice.DoesAsync(Another);

        await Assert.ThatAsync(async () => await _alice.DoesAsync(Another), Refused(new RoomError.TooMany("Transports")));
    }

    [Test]
    public void Produce_OfMediaThatMakesNoSense_IsRefused_AndLeavesNothing()
    {
        RtpParameters twiceTheSameType = Browser.Vp8(400) with { Codecs = [Browser.Vp8(1).Codecs[0], Browser.Vp8(1).Codecs[0]] };

        Assert.That(
            async () => await _alice.DoesAsync(p => p.ProduceAsync(_scene.Send.Id, MediaKind.Audio, Browser.Vp8(400), null)),
            Throws.InstanceOf<RefusedException>().With.Property("Error").InstanceOf<RoomError.BadMedia>());
        Assert.That(
            async () => await _alice.DoesAsync(p => p.ProduceAsync(_scene.Send.Id, MediaKind.Video, twiceTheSameType, null)),
            Throws.InstanceOf<RefusedException>().With.Property("Error").InstanceOf<RoomError.BadMedia>());
        Assert.That(_alice.Peer.Publications, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task TheSameSsrcTwice_IsRefused_AndTheFirstLivesOn()
    {
        await Assert.ThatAsync(
            async () => await _alice.ProducesAsync(_scene.Send, MediaKind.Video, 100),
            Throws.InstanceOf<RefusedException>().With.Property("Error").InstanceOf<RoomError.BadMedia>());
        await _alice.DoesAsync(p => p.CloseProducerAsync(_scene.Picture.Producer.Id));

        Publication again = await _alice.ProducesAsync(_scene.Send, MediaKind.Video, 100);

        Assert.That(again.Producer.IsClosed, Is.False);
    }

    [Test]
    public async Task Consume_OnOnesOwnWish_NeedsATransportAndAProducerOfTheRoom()
    {
        await Assert.ThatAsync(
            async () => await _alice.DoesAsync(p => p.ConsumeAsync(_scene.Picture.Producer.Id)), Refused(new RoomError.NoReceiveTransport()));
        await Assert.ThatAsync(async () => await _bob.DoesAsync(p => p.ConsumeAsync("none")), Refused(new RoomError.NoSuchProducer("none")));

        await _bob.DoesAsync(p => p.CloseConsumerAsync(_scene.View.Consumer.Id));
        await _bob.DoesAsync(p => p.ConsumeAsync(_scene.Picture.Producer.Id));

        Assert.That(_bob.Told, Is.EqualTo(new[]
        {
            $"consumer closed {_scene.View.Consumer.Id}", $"consumer created of {_scene.Picture.Producer.Id}",
        }));
    }

    [Test]
    public async Task RestartIce_GivesNewCredentials()
    {
        string before = _scene.Send.IceParameters.UsernameFragment;

        IceParameters after = await _scene.Room.RunAsync(() => _alice.Peer.RestartIceAsync(_scene.Send.Id));

        Assert.That(after.UsernameFragment, Is.Not.EqualTo(before));
    }

    [Test]
    public void TheFingerprintOfNobody_IsRefused() => Assert.That(
        async () => await _alice.DoesAsync(p => p.ConnectTransportAsync(_scene.Send.Id, Browser.Dtls with { Fingerprints = [] })),
        Throws.InstanceOf<RefusedException>().With.Property("Error").InstanceOf<RoomError.BadMedia>());

    private Task<int> Settled() => _scene.Room.RunAsync(() => Task.FromResult(0)).Within();

    private static EqualConstraint<RoomError> Refused(RoomError error) =>
        Throws.InstanceOf<RefusedException>().With.Property(nameof(RefusedException.Error)).EqualTo(error);

    private sealed record Scene(Room Room, WebRtcTransport Send, WebRtcTransport Receive, Publication Picture, Subscription View);
}
