using System.Text.Json.Nodes;
using Millrace.Rooms;
using Millrace.Signaling.Taoyao;
using Millrace.Signaling.Tests.Harness;
using Millrace.Testing;

namespace Millrace.Signaling.Tests;

/// <summary>What happens when connections end at the wrong moment, and who may send what.</summary>
[CancelAfter(60_000)]
internal sealed class SessionTests
{
    [Test]
    public async Task EverySignal_BeforeRegistration_IsRefused()
    {
        await using SignalServer server = new();
        SignalClient alice = server.Connect();
        List<string> codes = [];
        string[] signals = [.. TaoyaoSignals.Table.Select(row => row.Name).Where(name => name != "client::register")];

        foreach (string signal in signals)
        {
            await alice.SendAsync(7, signal, new JsonObject { ["roomId"] = "any" });
            codes.Add($"{signal} {await alice.ExpectErrorAsync(7)}");
        }

        Assert.That(codes, Is.EqualTo(signals.Select(signal => $"{signal} 3401")));
        Assert.That(signals, Has.Length.GreaterThan(30));
    }

    [Test]
    public async Task WhatOnlyTheServerSends_IsIgnoredFromAClient()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");
        SignalClient bob = await server.RegisterAsync("bob");
        await alice.ExpectAsync("client::online");

        foreach (string signal in TaoyaoSignals.Table.Where(row => row.Request is null).Select(row => row.Name))
        {
            await alice.SendAsync(7, signal, new JsonObject { ["clientId"] = "bob", ["roomId"] = "room" });
        }
        await alice.SendAsync(8, "client::heartbeat");
        await bob.SendAsync(8, "client::heartbeat");

        await alice.ExpectAsync("client::heartbeat");
        await bob.ExpectAsync("client::heartbeat");
    }

    [Test]
    public async Task AClientReplacedWhileItEnters_LeavesNoGhostInTheRoom()
    {
        await using SignalServer server = new();
        SignalClient old = await server.RegisterAsync("alice");
        Room room = await server.Rooms.CreateAsync("Tea");
        TaskCompletionSource hold = await HeldAsync(room);
        await old.SendAsync(2, "room::enter", new JsonObject { ["roomId"] = room.Id });
        await RequestWaitsAsync(room);

        SignalClient alice = await server.RegisterAsync("alice");
        hold.SetResult();
        await old.ExpectCloseAsync();
        await old.Serving.Within();
        int peers = await room.RunLaterAsync(() => room.PeerCount).Within();

        Assert.That(peers, Is.Zero);
        await alice.SendAsync(3, "room::enter", new JsonObject { ["roomId"] = room.Id });
        await alice.ExpectAsync("room::enter");
    }

    [Test]
    public async Task AClientThatVanishesWhileItEnters_LeavesNoGhostInTheRoom()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");
        Room room = await server.Rooms.CreateAsync("Tea");
        TaskCompletionSource hold = await HeldAsync(room);
        await alice.SendAsync(2, "room::enter", new JsonObject { ["roomId"] = room.Id });
        await RequestWaitsAsync(room);

        Task vanished = alice.VanishAsync();
        hold.SetResult();
        await vanished;
        int peers = await room.RunAsync(() => Task.FromResult(room.PeerCount)).Within();

        Assert.That(peers, Is.Zero);
    }

    [Test]
    public async Task ARoomThatHasNoPlaceForMoreTurns_RefusesRequests_ButLetsClientsGo()
    {
        await using SignalServer server = new(roomLimits: new RoomLimits { WaitingTurns = 1 });
        SignalClient alice = await server.RegisterAsync("alice");
        Room room = await server.Rooms.CreateAsync("Tea");
        await alice.SendAsync(2, "room::enter", new JsonObject { ["roomId"] = room.Id });
        await alice.ExpectAsync("room::enter");
        await alice.ExpectAsync("room::client::list");
        TaskCompletionSource hold = await HeldAsync(room);
        Assert.That(room.Post(() => Task.CompletedTask), Is.True);

        await alice.SendAsync(3, "room::status", new JsonObject { ["roomId"] = room.Id });
        string code = await alice.ExpectErrorAsync(3);
        Task closed = alice.CloseAsync();
        await closed;
        hold.SetResult();
        await server.Rooms.CloseAsync(room).Within();

        Assert.That(code, Is.EqualTo("3400"));
        Assert.That(server.Failures, Is.Empty);
    }

    [Test]
    public async Task AClosedConnection_IsOverAtOnce()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");

        // The clock stands: nothing may wait for it.
        await alice.CloseAsync();

        Assert.That(server.Service.Directory.Find("alice"), Is.Null);
    }

    [Test]
    public async Task WhatArrivesAfterAClose_IsNotHeard()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");

        await alice.SendAsync(2, "client::close");
        await alice.SendAsync(3, "room::create", new JsonObject { ["name"] = "late" });
        await alice.ExpectAsync("client::close");
        await alice.ExpectCloseAsync();
        await alice.Serving.Within();

        Assert.That(server.Rooms.Rooms, Is.Empty);
    }

    [Test]
    public async Task NoAnswerShowsAPassword()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");
        await alice.SendAsync(2, "room::create", new JsonObject { ["name"] = "Tea", ["password"] = "hush-hush" });
        JsonObject created = await alice.ExpectAsync("room::create");
        string room = (string)created["body"]!["roomId"]!;
        await alice.SendAsync(3, "room::enter", new JsonObject { ["roomId"] = room, ["password"] = "hush-hush" });

        string all = created.ToJsonString();
        all += (await alice.ExpectAsync("room::enter")).ToJsonString() + (await alice.ExpectAsync("room::client::list")).ToJsonString();
        foreach (string signal in new[] { "room::list", "room::status", "client::list", "client::status", "client::config" })
        {
            await alice.SendAsync(4, signal, new JsonObject { ["roomId"] = room });
            all += (await alice.ExpectAsync(signal)).ToJsonString();
        }

        Assert.That(all, Does.Not.Contain("hush").And.Not.Contain("passw").And.Not.Contain("passo").And.Not.Contain(SignalServer.Password));
    }

    [Test]
    public async Task ManyClients_EnteringAndLeavingAtOnce_AreAllAccountedFor()
    {
        await using SignalServer server = new();
        Room room = await server.Rooms.CreateAsync("Tea");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            SignalClient client = await server.RegisterAsync($"client-{i}");
            for (int round = 0; round < 5; ++round)
            {
                await client.SendAsync(2, "room::enter", new JsonObject { ["roomId"] = room.Id });
                await client.SendAsync(3, "room::leave", new JsonObject { ["roomId"] = room.Id });
            }
            if (i % 2 == 0)
            {
                await client.SendAsync(4, "room::enter", new JsonObject { ["roomId"] = room.Id });
            }
            await UntilAnsweredAsync(client, 5);
            if (i % 4 == 0)
            {
                await client.CloseAsync();
            }
        })).Within();
        string[] inside = await room.RunLaterAsync(() => room.Peers.Select(p => p.ClientId).ToArray()).Within();

        Assert.That(inside, Is.EquivalentTo(new[] { "client-2", "client-6", "client-10", "client-14", "client-18" }));
        Assert.That(server.Failures, Is.Empty);
    }

    private static async Task UntilAnsweredAsync(SignalClient client, long id)
    {
        await client.SendAsync(id, "client::heartbeat");
        JsonObject? message;
        do
        {
            message = await client.ReceiveAsync();
        }
        while ((long?)message!["header"]!["id"] != id || (string?)message["header"]!["signal"] != "client::heartbeat");
    }

    // A turn that does not end until the test says so.
    private static async Task<TaskCompletionSource> HeldAsync(Room room)
    {
        TaskCompletionSource running = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        room.Follow(async () =>
        {
            running.SetResult();
            await hold.Task;
        });
        await running.Task.Within();
        return hold;
    }

    private static async Task RequestWaitsAsync(Room room)
    {
        while (room.WaitingTurns == 0)
        {
            await Task.Yield();
        }
    }
}

internal static class Rounds
{
    /// <summary>A result that is taken in a turn after those that wait already.</summary>
    public static Task<T> RunLaterAsync<T>(this Room room, Func<T> result)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        room.Follow(() =>
        {
            done.SetResult(result());
            return Task.CompletedTask;
        });
        return done.Task;
    }
}
