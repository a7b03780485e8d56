using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.Testing;

namespace Millrace.Rooms.Tests;

/// <summary>Workers that die, hang, or never start, and the rooms on them.</summary>
[CancelAfter(60_000)]
internal sealed class MediaNodeTests
{
    private const int Stop = 19;

    [Test]
    public async Task AKilledWorker_IsReplaced_AndItsLossToldFirst()
    {
        await using MediaNode node = await MediaNode.StartAsync(0, BuiltWorker.Node, NullLogger.Instance);
        int first = node.ProcessId!.Value;
        List<string> told = [];
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Lost += () => told.Add($"lost, ready {node.IsReady}");
        node.Ready += () =>
        {
            told.Add($"ready, ready {node.IsReady}");
            ready.SetResult();
        };

        Kill(first);
        await ready.Task.Within();

        Assert.That(told, Is.EqualTo(new[] { "lost, ready False", "ready, ready True" }));
        Assert.That(node.ProcessId, Is.Not.EqualTo(first));
        Assert.That(node.IsHealthy, Is.True);
        Assert.That(() => Process.GetProcessById(first), Throws.ArgumentException);
    }

    [Test]
    public async Task AHangingWorker_IsFoundByItsSilence_AndReplaced()
    {
        await using MediaNode node = await MediaNode.StartAsync(0, BuiltWorker.Node, NullLogger.Instance);
        int first = node.ProcessId!.Value;
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Ready += ready.SetResult;

        Assert.That(SendSignal(first, Stop), Is.Zero);
        await ready.Task.Within();

        Assert.That(node.ProcessId, Is.Not.Null.And.Not.EqualTo(first));
        Assert.That(() => Process.GetProcessById(first), Throws.ArgumentException);
    }

    [Test]
    public async Task ANodeWhoseWorkerKeepsDying_SaysThatItIsNotHealthy()
    {
        await using MediaNode node = await MediaNode.StartAsync(0, BuiltWorker.Node, NullLogger.Instance);
        List<bool> healthy = [];

        for (int death = 0; death < 5; ++death)
        {
            healthy.Add(node.IsHealthy);
            TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
            node.Ready += ready.SetResult;
            Kill(node.ProcessId!.Value);
            await ready.Task.Within();
            node.Ready -= ready.SetResult;
        }

        Assert.That(healthy, Is.All.True);
        Assert.That(node.IsHealthy, Is.False);
        Assert.That(node.IsReady, Is.True);
    }

    [Test]
    public void AProgramThatIsNoWorker_FailsTheStart() => Assert.That(
        async () => await MediaNode.StartAsync(
            0, BuiltWorker.Node with { Worker = new WorkerOptions { Path = "millrace-no-such-program" } }, NullLogger.Instance),
        Throws.Exception);

    [Test]
    public async Task Disposing_EndsTheProcess()
    {
        MediaNode node = await MediaNode.StartAsync(0, BuiltWorker.Node, NullLogger.Instance);
        int process = node.ProcessId!.Value;

        await node.DisposeAsync();

        Assert.That(node.ProcessId, Is.Null);
        Assert.That(() => Process.GetProcessById(process), Throws.ArgumentException);
    }

    [Test]
    public async Task Rooms_GoWhereTheFewestAre()
    {
        await using MediaPool pool = await MediaPool.StartAsync([BuiltWorker.Node, BuiltWorker.Node], NullLogger.Instance);
        int ids = 0;
        await using RoomRegistry rooms = new(
            pool, new RoomOptions { NewId = () => (++ids).ToString(CultureInfo.InvariantCulture) }, NullLogger.Instance);

        Room first = await rooms.CreateAsync("1");
        Room second = await rooms.CreateAsync("2");
        await rooms.CloseAsync(first);
        Room third = await rooms.CreateAsync("3");

        Assert.That(new[] { first, second, third }.Select(r => r.Node.Number), Is.EqualTo(new[] { 0, 1, 0 }));
        Assert.That(pool.Nodes.Select(n => n.Rooms), Is.EqualTo(new[] { 1, 1 }));
    }

    [Test]
    public async Task ARoom_StandsAgainOnTheNewWorker_AndMediaCanBeMadeAnew()
    {
        await using MediaPool pool = await MediaPool.StartAsync([BuiltWorker.Node], NullLogger.Instance);
        await using RoomRegistry rooms = new(pool, new RoomOptions { NewId = () => "room" }, NullLogger.Instance);
        Room room = await rooms.CreateAsync("room");
        Visitor alice = new("alice");
        await alice.EnterAsync(room);
        WebRtcTransport send = await alice.SendsOnAsync();
        Publication before = await alice.ProducesAsync(send, MediaKind.Audio, 100);
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pool.Nodes[0].Ready += ready.SetResult;

        Kill(pool.Nodes[0].ProcessId!.Value);
        await ready.Task.Within();
        await room.RunAsync(() => Task.FromResult(0)).Within();

        Assert.That(alice.Told, Is.EqualTo(new[] { "entered alice", "room rebuilt" }));
        Assert.That(before.Producer.IsClosed, Is.True);
        Assert.That(alice.Peer.Publications, Is.Empty);
        await Assert.ThatAsync(
            async () => await alice.ProducesAsync(send, MediaKind.Audio, 100),
            Throws.InstanceOf<RefusedException>().With.Property("Error").EqualTo(new RoomError.NoSuchTransport(send.Id)));
        WebRtcTransport again = await alice.SendsOnAsync();
        Publication after = await alice.ProducesAsync(again, MediaKind.Audio, 100);
        Assert.That(after.Producer.IsClosed, Is.False);
    }

    // WK-01
    [Test]
    public async Task TwentyRoomsWithAHundredPeers_AreAllTold_AndStandAgainUnderTheirIds()
    {
        await using MediaPool pool = await MediaPool.StartAsync([BuiltWorker.Node], NullLogger.Instance);
        int ids = 0;
        await using RoomRegistry rooms = new(
            pool, new RoomOptions { NewId = () => $"room {++ids}" }, NullLogger.Instance);
        List<Visitor> visitors = [];
        List<Room> all = [];
        for (int i = 0; i < 20; i++)
        {
            Room room = await rooms.CreateAsync($"{i}");
            all.Add(room);
            for (int peer = 0; peer < 5; peer++)
            {
                Visitor visitor = new($"{i}.{peer}");
                await visitor.EnterAsync(room);
                await visitor.SendsOnAsync();
                visitors.Add(visitor);
            }
        }
        string[] before = [.. all.Select(room => room.Id)];
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pool.Nodes[0].Lost += lost.SetResult;
        pool.Nodes[0].Ready += ready.SetResult;

        Stopwatch watch = Stopwatch.StartNew();
        Kill(pool.Nodes[0].ProcessId!.Value);
        await lost.Task.Within();
        long seen = watch.ElapsedMilliseconds;
        await ready.Task.Within();
        long served = watch.ElapsedMilliseconds;
        foreach (Room room in all)
        {
            await room.RunAsync(() => Task.FromResult(0)).Within();
        }

        await TestContext.Out.WriteLineAsync(
            $"seen after {seen} ms (goal 100), ready after {served} ms (goal 500), all told after {watch.ElapsedMilliseconds} ms (goal 1000)");
        Assert.That(visitors.Select(v => v.Told[^1]), Is.All.EqualTo("room rebuilt"));
        Assert.That(all.Select(room => room.Id), Is.EqualTo(before));
        Assert.That(visitors.Select(v => v.Peer.Publications.Count), Is.All.Zero);
        await visitors[0].SendsOnAsync();
    }

    private static void Kill(int process)
    {
        using Process worker = Process.GetProcessById(process);
        worker.Kill();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
