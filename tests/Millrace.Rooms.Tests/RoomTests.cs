using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.Testing;
using NUnit.Framework.Constraints;

namespace Millrace.Rooms.Tests;

/// <summary>Rooms over a real worker.</summary>
[CancelAfter(60_000)]
internal sealed class RoomTests : IAsyncDisposable
{
    private readonly RoomRegistry _rooms;
    private readonly Visitor _alice = new("alice");
    private readonly Visitor _bob = new("bob");
    private int _ids;

    public RoomTests() => _rooms = new RoomRegistry(
        Workers.Pool,
        new RoomOptions { NewId = () => $"room-{++_ids}", Limits = new RoomLimits { Rooms = 2, Peers = 3, Producers = 2, Transports = 4 } },
        NullLogger.Instance);

    public ValueTask DisposeAsync() => _rooms.DisposeAsync();

    [Test]
    public async Task Enter_IsToldToEverybody_TheNewcomerToo()
    {
        Room room = await _rooms.CreateAsync("room");

        await _alice.EnterAsync(room);
        await _bob.EnterAsync(room);

        Assert.That(_alice.Told, Is.EqualTo(new[] { "entered alice", "entered bob" }));
        Assert.That(_bob.Told, Is.EqualTo(new[] { "entered bob" }));
        Assert.That(((RoomEvent.PeerEntered)_bob.Events[0]).Cause, Is.EqualTo("bob asked"));
        Assert.That(room.Peers.Select(p => p.ClientId), Is.EqualTo(new[] { "alice", "bob" }));
    }

    [Test]
    public async Task EnterTwice_IsOneMembership_WithTheNewCapabilities()
    {
        Room room = await _rooms.CreateAsync("room");
        Peer first = await _alice.EnterAsync(room);

        Peer second = await _alice.EnterAsync(room, Browser.AudioOnly, SubscribeType.None);

        Assert.That(second, Is.SameAs(first));
        Assert.That(second.RtpCapabilities, Is.SameAs(Browser.AudioOnly));
        Assert.That(second.SubscribeType, Is.EqualTo(SubscribeType.None));
        Assert.That(room.PeerCount, Is.EqualTo(1));
        Assert.That(_alice.Told, Is.EqualTo(new[] { "entered alice", "entered alice" }));
    }

    [Test]
    public async Task Enter_WhenTheRoomIsFull_IsRefused()
    {
        Room room = await _rooms.CreateAsync("room");
        foreach (string name in new[] { "a", "b", "c" })
        {
            await new Visitor(name).EnterAsync(room);
        }

        await Assert.ThatAsync(async () => await _alice.EnterAsync(room), Refused(new RoomError.RoomFull(room.Id)));
        Assert.That(room.PeerCount, Is.EqualTo(3));
    }

    [Test]
    public async Task Create_BeyondTheLimit_IsRefused_AndAClosedRoomMakesPlace()
    {
        Room room = await _rooms.CreateAsync("one");
        await _rooms.CreateAsync("two");

        await Assert.ThatAsync(async () => await _rooms.CreateAsync("three"), Refused(new RoomError.TooMany("Rooms")));
        await _rooms.CloseAsync(room);
        Room third = await _rooms.CreateAsync("three");

        Assert.That(_rooms.Rooms.Select(r => r.Name), Is.EqualTo(new[] { "two", "three" }));
        Assert.That(_rooms.Get(third.Id), Is.SameAs(third));
        Assert.That(() => _rooms.Get(room.Id), Refused(new RoomError.NoSuchRoom(room.Id)));
    }

    [Test]
    public async Task Leave_IsToldToTheOthers_AndTheLeaversMediaEndsInOrder()
    {
        (Room room, Publication sound) = await AliceIsHeardByBobAsync();
        WebRtcTransport receive = await _alice.ReceivesOnAsync();
        WebRtcTransport bobSends = await _bob.SendsOnAsync();
        Publication bobs = await _bob.ProducesAsync(bobSends, MediaKind.Video, 900);
        await Settled(room);
        string alicesConsumer = _alice.Peer.Subscriptions.Single().Consumer.Id;
        string bobsConsumer = _bob.Peer.Subscriptions.Single().Consumer.Id;
        _alice.Forget();
        _bob.Forget();

        await _alice.DoesAsync(room.LeaveAsync);

        Assert.That(_bob.Told, Is.EqualTo(new[] { "left alice", $"consumer closed {bobsConsumer}" }));
        Assert.That(_alice.Told, Is.EqualTo(new[]
        {
            $"consumer closed {alicesConsumer}",
            $"producer closed {sound.Producer.Id}",
            $"transport closed {sound.TransportId}",
            $"transport closed {receive.Id}",
        }));
        Assert.That(room.Peers.Select(p => p.ClientId), Is.EqualTo(new[] { "bob" }));
        Assert.That(sound.Producer.IsClosed, Is.True);
        Assert.That(bobs.Producer.IsClosed, Is.False);
        RouterDump dump = await room.Router.DumpAsync();
        Assert.That(dump.TransportIds, Has.No.Member(receive.Id).And.No.Member(sound.TransportId).And.Member(bobSends.Id));
    }

    [Test]
    public async Task Leave_OfAPeerThatCameAgain_ChangesNothing()
    {
        Room room = await _rooms.CreateAsync("room");
        Peer old = await _alice.EnterAsync(room);
        await _alice.DoesAsync(room.LeaveAsync);
        await _alice.EnterAsync(room);
        _alice.Forget();

        await _alice.DoesAsync(_ => room.LeaveAsync(old));

        Assert.That(room.PeerCount, Is.EqualTo(1));
        Assert.That(_alice.Told, Is.Empty);
    }

    [Test]
    public async Task Close_EndsAllMedia_ThenTellsEverybody_AndRefusesWhatComesLater()
    {
        (Room room, Publication sound) = await AliceIsHeardByBobAsync();
        _bob.Forget();
        string consumer = _bob.Peer.Subscriptions.Single().Consumer.Id;
        Router router = room.Router;

        await _rooms.CloseAsync(room);
        await _rooms.CloseAsync(room);

        Assert.That(_bob.Told[0], Is.EqualTo($"consumer closed {consumer}"));
        Assert.That(_bob.Told[^1], Is.EqualTo("room closed"));
        Assert.That(_alice.Told[^1], Is.EqualTo("room closed"));
        Assert.That(sound.Producer.IsClosed, Is.True);
        Assert.That(router.IsClosed, Is.True);
        Assert.That(room.IsClosed, Is.True);
        await Assert.ThatAsync(async () => await new Visitor("carol").EnterAsync(room), Refused(new RoomError.NoSuchRoom(room.Id)));
        Assert.That(_rooms.Find(room.Id), Is.Null);
    }

    [Test]
    public async Task AFullQueue_DoesNotKeepARoomFromClosing()
    {
        await using RoomRegistry rooms = new(
            Workers.Pool, new RoomOptions { NewId = () => "busy", Limits = new RoomLimits { WaitingTurns = 1 } }, NullLogger.Instance);
        Room room = await rooms.CreateAsync("room");
        await _alice.EnterAsync(room);
        TaskCompletionSource running = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        room.Follow(async () =>
        {
            running.SetResult();
            await hold.Task;
        });
        await running.Task.Within();
        Assert.That(room.Post(() => Task.CompletedTask), Is.True);
        Assert.That(room.Post(() => Task.CompletedTask), Is.False);

        Task closing = rooms.CloseAsync(room);
        hold.SetResult();
        await closing.Within();

        Assert.That(_alice.Told[^1], Is.EqualTo("room closed"));
        Assert.That(rooms.Rooms, Is.Empty);
    }

    [Test]
    public async Task AProducer_ReachesWhoeverCanReceiveAndWantsItsKind()
    {
        Room room = await _rooms.CreateAsync("room");
        Visitor carol = new("carol");
        await _alice.EnterAsync(room);
        await _bob.EnterAsync(room, subscribe: SubscribeType.AllAudio);
        await carol.EnterAsync(room);
        await _bob.ReceivesOnAsync();
        WebRtcTransport send = await _alice.SendsOnAsync();
        await _alice.ReceivesOnAsync();

        Publication sound = await _alice.ProducesAsync(send, MediaKind.Audio, 100);
        Publication picture = await _alice.ProducesAsync(send, MediaKind.Video, 200);
        await Settled(room);

        Assert.That(_bob.Peer.Subscriptions.Select(s => s.Publication), Is.EqualTo(new[] { sound }), "audio only");
        Assert.That(carol.Peer.Subscriptions, Is.Empty, "no transport to receive on");
        Assert.That(_alice.Peer.Subscriptions, Is.Empty, "nobody hears itself");

        await carol.ReceivesOnAsync();
        await Settled(room);
        Assert.That(carol.Peer.Subscriptions.Select(s => s.Publication), Is.EqualTo(new[] { sound, picture }));
        Assert.That(carol.Peer.Subscriptions.All(s => s.Consumer.IsPaused), Is.True, "paused until the client is ready");
    }

    [Test]
    public async Task APeerWithSenselessCapabilities_KeepsNobodyElseFromTheMedia()
    {
        Room room = await _rooms.CreateAsync("room");
        Visitor mallory = new("mallory");
        await mallory.EnterAsync(room, Browser.Senseless);
        await mallory.ReceivesOnAsync();
        await _bob.EnterAsync(room);
        await _bob.ReceivesOnAsync();
        await _alice.EnterAsync(room);
        WebRtcTransport send = await _alice.SendsOnAsync();

        await _alice.ProducesAsync(send, MediaKind.Video, 300);
        await Settled(room);

        Assert.That(_bob.Peer.Subscriptions, Has.Count.EqualTo(1));
        Assert.That(mallory.Peer.Subscriptions, Is.Empty);
    }

    [Test]
    public async Task APeerThatCannotDecode_GetsNoConsumer()
    {
        Room room = await _rooms.CreateAsync("room");
        await _bob.EnterAsync(room, Browser.AudioOnly);
        await _bob.ReceivesOnAsync();
        await _alice.EnterAsync(room);
        WebRtcTransport send = await _alice.SendsOnAsync();

        await _alice.ProducesAsync(send, MediaKind.Video, 300);
        await _alice.ProducesAsync(send, MediaKind.Audio, 310);
        await Settled(room);

        Assert.That(_bob.Peer.Subscriptions.Select(s => s.Consumer.Kind), Is.EqualTo(new[] { MediaKind.Audio }));
    }

    private async Task<(Room Room, Publication Sound)> AliceIsHeardByBobAsync()
    {
        Room room = await _rooms.CreateAsync("room");
        await _alice.EnterAsync(room);
        await _bob.EnterAsync(room);
        WebRtcTransport send = await _alice.SendsOnAsync();
        await _bob.ReceivesOnAsync();
        Publication sound = await _alice.ProducesAsync(send, MediaKind.Audio, 100);
        await Settled(room);
        return (room, sound);
    }

    // What follows from a turn is queued by it: a turn asked for now runs after it.
    private static Task<int> Settled(Room room) => room.RunAsync(() => Task.FromResult(0)).Within();

    private static EqualConstraint<RoomError> Refused(RoomError error) =>
        Throws.InstanceOf<RefusedException>().With.Property(nameof(RefusedException.Error)).EqualTo(error);
}
