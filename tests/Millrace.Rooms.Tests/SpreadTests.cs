using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.Testing;

namespace Millrace.Rooms.Tests;

/// <summary>One room on several real workers, because it is said to be too large for one.</summary>
[CancelAfter(120_000)]
internal sealed class SpreadTests : IAsyncDisposable
{
    private MediaPool _pool = null!;
    private RoomRegistry _rooms = null!;
    private uint _lastSsrc = 1_000;

    public async ValueTask DisposeAsync()
    {
        await _rooms.DisposeAsync();
        await _pool.DisposeAsync();
    }

    [Test]
    public async Task APeerBeyondTheLimit_SitsOnTheWorkerWithTheFewestRooms_AndItsRouterGoesWithIt()
    {
        await OpenAsync(workers: 3, consumersPerRouter: 1);
        await _rooms.CreateAsync("a second room, on the second worker");
        Visitor alice = await SpeakerAsync("alice");
        Visitor bob = new("bob");
        await bob.EnterAsync(Room, subscribe: SubscribeType.None);

        WebRtcTransport receive = await bob.ReceivesOnAsync();

        Assert.That(Nodes, Is.EqualTo(new[] { 0, 2 }), "one consumer of alice is the limit, and it is to be kept free");
        Assert.That(Room.Routers[1].Peers, Is.EqualTo(new[] { bob.Peer }));
        Assert.That((await Room.Routers[1].Router.DumpAsync()).TransportIds, Is.EqualTo(new[] { receive.Id }));
        Assert.That(_pool.Nodes.Select(node => node.Rooms), Is.EqualTo(new[] { 1, 1, 1 }));

        await bob.DoesAsync(Room.LeaveAsync);
        await SettledAsync();

        Assert.That(Nodes, Is.EqualTo(new[] { 0 }));
        Assert.That((await _pool.Nodes[2].Seat!.Worker.DumpAsync()).RouterIds, Is.Empty);
        Assert.That(_pool.Nodes.Select(node => node.Rooms), Is.EqualTo(new[] { 1, 1, 0 }));

        await alice.DoesAsync(Room.LeaveAsync);
        await SettledAsync();

        Assert.That(Nodes, Is.EqualTo(new[] { 0 }), "the last router stays as long as the room");
    }

    [Test]
    public async Task WhenEveryWorkerIsFull_TheLeastLoadedRouterTakesThePeer()
    {
        await OpenAsync(workers: 2, consumersPerRouter: 0);
        await SpeakerAsync("alice");
        await SpeakerAsync("bob", SubscribeType.None);
        Visitor carol = await SpeakerAsync("carol", SubscribeType.None);

        Visitor dave = new("dave");
        await dave.EnterAsync(Room, subscribe: SubscribeType.None);
        await dave.ReceivesOnAsync();

        Assert.That(Nodes, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(Room.Routers.Select(router => router.Peers.Count), Is.EqualTo(new[] { 2, 2 }));
        Assert.That(Room.Routers[0].Peers, Does.Contain(carol.Peer));
    }

    [Test]
    public async Task APeerWithItsLastTransport_LeavesItsSeat_AndMaySitElsewhereNextTime()
    {
        await OpenAsync(workers: 2, consumersPerRouter: 1);
        Visitor alice = await SpeakerAsync("alice");
        Visitor bob = new("bob");
        await bob.EnterAsync(Room, subscribe: SubscribeType.None);
        WebRtcTransport receive = await bob.ReceivesOnAsync();
        await alice.DoesAsync(Room.LeaveAsync);

        await bob.DoesAsync(peer => peer.CloseTransportAsync(receive.Id));
        await SettledAsync();
        await bob.ReceivesOnAsync();

        Assert.That(Nodes, Has.Length.EqualTo(1));
        Assert.That(Room.Routers[0].Peers, Is.EqualTo(new[] { bob.Peer }));
    }

    [Test]
    public async Task TheRoomsEnd_LeavesNothingOnAnyWorker()
    {
        await OpenAsync(workers: 2, consumersPerRouter: 1);
        await SpeakerAsync("alice");
        await SpeakerAsync("bob", SubscribeType.None);
        Assert.That(Nodes, Has.Length.EqualTo(2));

        await _rooms.CloseAsync(Room);

        foreach (MediaNode node in _pool.Nodes)
        {
            Assert.That((await node.Seat!.Worker.DumpAsync()).RouterIds, Is.Empty);
            Assert.That(node.Rooms, Is.Zero);
        }
    }

    [Test]
    public async Task ThreeWorkersOneRoom_EverybodyReceivesEverybody_OverOnePipeForEachRouter()
    {
        await OpenAsync(workers: 3, consumersPerRouter: 6);
        Visitor[] all = await EverybodyAsync("a", "b", "c", "d", "e", "f");

        Assert.That(Nodes, Is.EqualTo(new[] { 0, 1, 2 }));
        foreach (Visitor one in all)
        {
            Assert.That(
                one.Peer.Subscriptions.Select(s => s.Publication.Owner.ClientId),
                Is.EquivalentTo(all.Where(other => other != one).Select(other => other.Name)));
            Assert.That(one.Peer.Subscriptions.Select(s => s.Consumer.Producer.Router).Distinct(), Is.EqualTo(new[] { one.Peer.Subscriptions.First().Router.Router }));
        }
        foreach (Publication publication in Publications(all))
        {
            Assert.That(publication.PipedTo, Is.EquivalentTo(Room.Routers.Where(router => router != publication.Router)));
        }
        foreach (RoomRouter router in Room.Routers)
        {
            RouterDump dump = await router.Router.DumpAsync();
            Assert.That(dump.ConsumersByProducer, Has.Count.EqualTo(all.Length), "each publication is there once");
        }
    }

    [Test]
    public async Task Packets_CrossFromOneWorkerToAnother()
    {
        await OpenAsync(workers: 2, consumersPerRouter: 1);
        Visitor alice = await SpeakerAsync("alice");
        await SpeakerAsync("bob", SubscribeType.None);
        RoomRouter near = _rooms.Rooms[0].Routers[0];
        RoomRouter far = _rooms.Rooms[0].Routers[1];
        PlainTransportOptions plain = new() { ListenInfo = new ListenInfo { Ip = "127.0.0.1" } };
        using Socket ear = Bound();
        PlainTransport source = await near.Router.CreatePlainTransportAsync(plain with { Comedia = true });
        PlainTransport sink = await far.Router.CreatePlainTransportAsync(plain);
        await sink.ConnectAsync(new() { Ip = "127.0.0.1", Port = ((IPEndPoint)ear.LocalEndPoint!).Port });
        Producer producer = await source.ProduceAsync(new() { Kind = MediaKind.Audio, RtpParameters = Browser.Opus(ssrc: 4242) });
        Publication sound = new(producer, alice.Peer, near, source.Id, appData: null);

        Producer there = await sound.ReachAsync(far);
        Consumer heard = await sink.ConsumeAsync(new() { Producer = there, RtpCapabilities = far.Router.RtpCapabilities });
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(30));
        Task speaking = SpeakAsync(new IPEndPoint(IPAddress.Loopback, source.Tuple.LocalPort), enough.Token);
        byte[] packet = new byte[1500];
        int length;
        do
        {
            length = await ear.ReceiveAsync(packet, enough.Token);
        }
        while (!IsSound(packet.AsSpan(0, length), heard.RtpParameters.Encodings[0].Ssrc!.Value));
        await enough.CancelAsync();
        await speaking;

        Assert.That(packet[(length - Payload.Length)..length], Is.EqualTo(Payload));
        Assert.That(there.Router, Is.SameAs(far.Router));
    }

    [Test]
    public async Task Pauses_ReachTheViewersOfOtherWorkers_AndSoDoesTheEnd()
    {
        await OpenAsync(workers: 2, consumersPerRouter: 1);
        Visitor alice = await SpeakerAsync("alice");
        Visitor bob = new("bob");
        await bob.EnterAsync(Room);
        await bob.ReceivesOnAsync();
        await SettledAsync();
        Subscription heard = bob.Peer.Subscriptions.Single();
        TaskCompletionSource paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<CloseReason> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        heard.Consumer.ProducerPaused += () => paused.TrySetResult();
        heard.Consumer.ProducerResumed += () => resumed.TrySetResult();
        heard.Consumer.Closed += reason => closed.TrySetResult(reason);
        string producer = alice.Peer.Publications.Single().Producer.Id;
        bob.Forget();

        await alice.DoesAsync(peer => peer.PauseProducerAsync(producer));
        await paused.Task.Within();
        await alice.DoesAsync(peer => peer.ResumeProducerAsync(producer));
        await resumed.Task.Within();
        await alice.DoesAsync(peer => peer.CloseProducerAsync(producer));
        await closed.Task.Within();
        await SettledAsync();

        Assert.That(heard.Router, Is.SameAs(Room.Routers[1]));
        Assert.That(bob.Told, Is.EqualTo(new[]
        {
            $"consumer paused {heard.Consumer.Id}", $"consumer resumed {heard.Consumer.Id}", $"consumer closed {heard.Consumer.Id}",
        }));
        Assert.That((await Room.Routers[1].Router.DumpAsync()).ConsumersByProducer, Is.Empty);
    }

    [Test]
    public async Task ThePipe_EndsWithItsLastViewer_AndTheRouterWithItsLastPeer()
    {
        await OpenAsync(workers: 2, consumersPerRouter: 2);
        Visitor alice = await SpeakerAsync("alice");
        Visitor[] viewers = [new("bob"), new("carol"), new("dave")];
        foreach (Visitor viewer in viewers)
        {
            await viewer.EnterAsync(Room);
            await viewer.ReceivesOnAsync();
        }
        await SettledAsync();
        Publication sound = alice.Peer.Publications.Single();
        Assert.That(Room.Routers[1].Peers.Select(peer => peer.ClientId), Is.EqualTo(new[] { "carol", "dave" }));
        RoomRouter second = Room.Routers[1];

        await viewers[1].DoesAsync(peer => peer.CloseConsumerAsync(peer.Subscriptions.Single().Consumer.Id));
        await SettledAsync();
        Assert.That(sound.PipedTo, Is.EqualTo(new[] { second }), "dave still wants it");

        await viewers[2].DoesAsync(peer => peer.CloseConsumerAsync(peer.Subscriptions.Single().Consumer.Id));
        await SettledAsync();
        Assert.That(sound.PipedTo, Is.Empty);
        Assert.That((await second.Router.DumpAsync()).ConsumersByProducer, Is.Empty);
        Assert.That(sound.Producer.IsClosed, Is.False);

        await viewers[1].DoesAsync(peer => peer.ConsumeAsync(sound.Producer.Id));
        Assert.That(viewers[1].Peer.Subscriptions, Has.Count.EqualTo(1), "it is piped anew when somebody wants it again");

        await viewers[1].DoesAsync(Room.LeaveAsync);
        await viewers[2].DoesAsync(Room.LeaveAsync);
        await SettledAsync();
        Assert.That(Nodes, Is.EqualTo(new[] { 0 }));
        Assert.That((await _pool.Nodes[1].Seat!.Worker.DumpAsync()).RouterIds, Is.Empty);
        Assert.That(
            (await Room.Router.DumpAsync()).TransportIds,
            Has.Count.EqualTo(3),
            "two of alice's and one of bob's: its end of the pipe is gone too");
    }

    [Test]
    public async Task AWorkersDeath_IsFeltByWhoSatThere_AndTheOthersOnlyMissThem()
    {
        await OpenAsync(workers: 3, consumersPerRouter: 1);
        Visitor[] all = await EverybodyAsync("a", "b", "c");
        Assert.That(Nodes, Is.EqualTo(new[] { 0, 1, 2 }));
        Visitor lost = all[1];
        string[] consumersOfLost = [.. lost.Peer.Publications.Single().Subscriptions.Select(s => s.Consumer.Id)];
        Array.ForEach(all, one => one.Forget());
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pool.Nodes[1].Lost += gone.SetResult;

        using (Process worker = Process.GetProcessById(_pool.Nodes[1].ProcessId!.Value))
        {
            worker.Kill();
        }
        await gone.Task.Within();
        await SettledAsync();

        Assert.That(lost.Told, Is.EqualTo(new[] { "room rebuilt" }));
        Assert.That(all[0].Told.Concat(all[2].Told), Is.EquivalentTo(consumersOfLost.Select(id => $"consumer closed {id}")));
        Assert.That(lost.Peer.Subscriptions, Is.Empty);
        Assert.That(all[0].Peer.Subscriptions.Single().Publication.Owner, Is.SameAs(all[2].Peer));
        Assert.That(all[0].Peer.Subscriptions.Single().Consumer.IsClosed, Is.False);

        await SpeaksAsync(lost);
        await SettledAsync();

        foreach (Visitor one in all)
        {
            Assert.That(one.Peer.Subscriptions.Select(s => s.Publication.Owner.ClientId), Is.EquivalentTo(all.Where(o => o != one).Select(o => o.Name)));
        }
    }

    [Test]
    public async Task WhenAllItsWorkersDie_TheRoomStandsAgainWhereItWasPlaced()
    {
        await OpenAsync(workers: 2, consumersPerRouter: 1);
        Visitor alice = await SpeakerAsync("alice");
        Visitor bob = await SpeakerAsync("bob", SubscribeType.None);
        alice.Forget();
        bob.Forget();
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pool.Nodes[0].Ready += ready.SetResult;
        _pool.Nodes[1].Lost += gone.SetResult;

        foreach (int id in _pool.Nodes.Select(node => node.ProcessId!.Value).ToArray())
        {
            using Process worker = Process.GetProcessById(id);
            worker.Kill();
        }
        await Task.WhenAll(ready.Task, gone.Task).Within();
        await SettledAsync();

        Assert.That(Nodes, Is.EqualTo(new[] { 0 }));
        Assert.That(alice.Told.Concat(bob.Told), Is.All.EqualTo("room rebuilt"));
        Assert.That((alice.Told.Count, bob.Told.Count), Is.EqualTo((1, 1)).Or.EqualTo((2, 1)).Or.EqualTo((1, 2)));
        await SpeaksAsync(alice);
        Assert.That(alice.Peer.Publications.Single().Producer.IsClosed, Is.False);
    }

    private static byte[] Payload { get; } = [0xfc, 0xff, 0xfe, 1, 2, 3];

    private Room Room => _rooms.Rooms[0];

    private int[] Nodes => [.. Room.Routers.Select(router => router.Node.Number)];

    private static Socket Bound()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    // A packet every 20 ms (RFC 3550 5.1: version 2, payload type 111, SSRC 4242), until somebody has heard one.
    private static async Task SpeakAsync(IPEndPoint to, CancellationToken cancellationToken)
    {
        using Socket socket = Bound();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        try
        {
            for (ushort sequence = 1; await timer.WaitForNextTickAsync(cancellationToken); ++sequence)
            {
                byte[] header = [0x80, 111, (byte)(sequence >> 8), (byte)sequence, 0, 0, 0, 0, 0, 0, 0x10, 0x92];
                BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), sequence * 960u);
                await socket.SendToAsync((byte[])[.. header, .. Payload], to, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // It was heard.
        }
    }

    private static bool IsSound(ReadOnlySpan<byte> packet, uint ssrc) =>
        packet.Length >= 12 && packet[1] is >= 96 and < 127 && BinaryPrimitives.ReadUInt32BigEndian(packet[8..]) == ssrc;

    private static IEnumerable<Publication> Publications(Visitor[] all) => all.SelectMany(one => one.Peer.Publications);

    private async Task OpenAsync(int workers, int consumersPerRouter)
    {
        int ids = 0;
        _pool = await MediaPool.StartAsync([.. Enumerable.Repeat(BuiltWorker.Node, workers)], NullLogger.Instance);
        _rooms = new RoomRegistry(
            _pool,
            new RoomOptions
            {
                NewId = () => (++ids).ToString(CultureInfo.InvariantCulture),
                Limits = new RoomLimits { ConsumersPerRouter = consumersPerRouter },
            },
            NullLogger.Instance);
        await _rooms.CreateAsync("room");
    }

    // Each enters, gets ready to receive, and speaks, one after the other.
    private async Task<Visitor[]> EverybodyAsync(params string[] names)
    {
        List<Visitor> all = [];
        foreach (string name in names)
        {
            all.Add(await SpeakerAsync(name));
            await SettledAsync();
        }
        return [.. all];
    }

    private async Task<Visitor> SpeakerAsync(string name, SubscribeType subscribe = SubscribeType.All)
    {
        Visitor visitor = new(name);
        await visitor.EnterAsync(Room, subscribe: subscribe);
        await SpeaksAsync(visitor);
        return visitor;
    }

    private async Task SpeaksAsync(Visitor visitor)
    {
        await visitor.ReceivesOnAsync();
        WebRtcTransport send = await visitor.SendsOnAsync();
        await visitor.ProducesAsync(send, MediaKind.Audio, _lastSsrc += 10);
    }

    // A turn asked for now runs after what is queued; what that queues, one turn later; and what a trimmed pipe leaves, after it.
    private async Task SettledAsync()
    {
        for (int turns = 0; turns < 3; ++turns)
        {
            await Room.RunAsync(() => Task.FromResult(0)).Within();
        }
    }
}
