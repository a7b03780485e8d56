using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Signaling.Core;
using Millrace.Signaling.Tests.Harness;
using Millrace.Testing;

namespace Millrace.Signaling.Tests;

/// <summary>What one connection may not do, and that it alone suffers for it.</summary>
[CancelAfter(60_000)]
internal sealed class LimitTests
{
    [Test]
    public async Task AMessageOfTheLimit_IsRead_AndOneByteMore_ClosesWith1009()
    {
        await using SignalServer server = new(new ConnectionLimits { MessageBytes = 1000 });
        SignalClient alice = await server.RegisterAsync("alice");

        await alice.SendAsync(Padded(id: 2, bytes: 1000));
        await alice.ExpectAsync("client::heartbeat");
        await alice.SendAsync(Padded(id: 3, bytes: 1001));

        Assert.That(await alice.ExpectCloseAsync(), Is.EqualTo((1009, "message too long")));
    }

    [Test]
    public async Task AMessageAsLongAsAnyAllowed_IsRead()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");

        await alice.SendAsync(Padded(id: 2, bytes: 256 * 1024));

        Assert.That((long)(await alice.ExpectAsync("client::heartbeat"))["header"]!["id"]!, Is.EqualTo(2));
    }

    [Test]
    public async Task ABinaryMessage_ClosesWith1003()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");

        await alice.SendAsync([1, 2, 3], WebSocketMessageType.Binary);

        Assert.That(await alice.ExpectCloseAsync(), Is.EqualTo((1003, "text only")));
    }

    [Test]
    public async Task TextThatIsNoText_ClosesWith1007()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");

        await alice.SendAsync([0x22, 0xC3, 0x28, 0x22], WebSocketMessageType.Text);

        Assert.That((await alice.ExpectCloseAsync()).Status, Is.EqualTo(1007));
    }

    [Test]
    public async Task AMessageInTooManyPieces_ClosesWith1008()
    {
        await using SignalServer server = new(new ConnectionLimits { MessageFragments = 8 });
        SignalClient alice = await server.RegisterAsync("alice");

        for (int i = 0; i < 9; ++i)
        {
            await alice.Socket.SendAsync(Encoding.ASCII.GetBytes(" "), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
        }

        Assert.That(await alice.ExpectCloseAsync(), Is.EqualTo((1008, "too many fragments")));
    }

    [Test]
    public async Task TooManyMessagesAtOnce_AreRefused_AndTimeMakesRoomForMore()
    {
        await using SignalServer server = new(new ConnectionLimits { MessageBurst = 5, MessagesPerSecond = 2 });
        SignalClient alice = await server.RegisterAsync("alice");
        for (int id = 2; id <= 5; ++id)
        {
            await alice.SendAsync(id, "client::heartbeat");
            await alice.ExpectAsync("client::heartbeat");
        }

        await alice.SendAsync(6, "client::heartbeat");
        string code = await alice.ExpectErrorAsync(6);
        server.Time.Advance(TimeSpan.FromMilliseconds(500));
        await alice.SendAsync(7, "client::heartbeat");

        Assert.That(code, Is.EqualTo("3400"));
        await alice.ExpectAsync("client::heartbeat");
    }

    [Test]
    public async Task WhoGoesOnSendingTooMuch_IsClosedWith1008()
    {
        await using SignalServer server = new(new ConnectionLimits { MessageBurst = 1, MessagesPerSecond = 1, OffencesPerMinute = 3 });
        SignalClient alice = await server.RegisterAsync("alice");

        for (int id = 2; id <= 4; ++id)
        {
            await alice.SendAsync(id, "client::heartbeat");
            Assert.That(await alice.ExpectErrorAsync(id), Is.EqualTo("3400"));
        }
        await alice.SendAsync(5, "client::heartbeat");

        Assert.That(await alice.ExpectCloseAsync(), Is.EqualTo((1008, "too many bad messages")));
    }

    [Test]
    public async Task TheTwentyFirstBadMessageOfAMinute_ClosesWith1008()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");

        for (int i = 0; i < 20; ++i)
        {
            await alice.SendAsync("{");
            Assert.That((string)(await alice.ExpectAsync("platform::error"))["code"]!, Is.EqualTo("9999"));
        }
        await alice.SendAsync("{");

        Assert.That(await alice.ExpectCloseAsync(), Is.EqualTo((1008, "too many bad messages")));
    }

    [Test]
    public async Task AClientThatReadsNothing_IsCut_AndTheOthersGoOn()
    {
        await using SignalServer server = new(new ConnectionLimits { SendQueueMessages = 16 }, window: 4096);
        SignalClient bob = await server.RegisterAsync("bob");
        SignalClient alice = await server.RegisterAsync("alice");
        await bob.ExpectAsync("client::online");

        for (int id = 2; id < 80; ++id)
        {
            await alice.SendAsync(id, "client::config");
        }
        server.Time.Advance(TimeSpan.FromSeconds(11));
        JsonObject gone = await ReadWhileTimeGoesOnAsync(server, bob);

        Assert.That((string)gone["body"]!["clientId"]!, Is.EqualTo("alice"));
        await bob.SendAsync(2, "client::list");
        Assert.That((await bob.ExpectAsync("client::list"))["body"]!.AsArray(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task ASlowClient_IsToldWhy_AsSoonAsItReads()
    {
        await using SignalServer server = new(new ConnectionLimits { SendQueueMessages = 4 }, window: 4096);
        SignalClient alice = await server.RegisterAsync("alice");

        for (int id = 2; id < 80; ++id)
        {
            await alice.SendAsync(id, "client::config");
        }

        Assert.That(await alice.ExpectCloseAsync(), Is.EqualTo((1013, "too slow")));
    }

    [Test]
    public async Task TheServersStop_IsToldWith1001()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");

        await server.StopAsync();

        Assert.That(await alice.ExpectCloseAsync(), Is.EqualTo((1001, "the server stops")));
        await alice.Serving.Within();
    }

    // 16 is the deepest that is read; the header and the body are two levels of it.
    [TestCase(13, null)]
    [TestCase(14, "9999")]
    [TestCase(100_000, "9999")]
    public async Task NestingBeyondTheLimit_IsRefused(int deeper, string? code)
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");
        string nested = new string('[', deeper) + new string(']', deeper);

        await alice.SendAsync(
            """{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"status":{"x":NESTED}}}""".Replace("NESTED", nested, StringComparison.Ordinal));
        JsonObject answer = (await alice.ReceiveAsync())!;

        Assert.That((string)answer["code"]!, Is.EqualTo(code ?? "0000"), answer.ToJsonString());
    }

    [TestCase("""{"header":{"v":"1","id":2,"id":3,"signal":"client::heartbeat"},"body":{}}""", "9999")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"battery":1,"battery":2}}""", "9999")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"status":{"x":1,"x":2}}}""", "9999")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"status":{"x":"\ud800"}}}""", "1002")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"status":{"x":"\udc00\ud800"}}}""", "1002")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"status":{"x":"a\u0000b"}}}""", "1002")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"status":{"\udfff":1}}}""", "1002")]
    [TestCase("""{"header":{"v":"\ud800","id":2,"signal":"client::heartbeat"},"body":{}}""", "1002")]
    [TestCase("""{"header":{"v":"1","id":"\ud800","signal":"client::heartbeat"},"body":{}}""", "1002")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"\ud800"},"body":{}}""", "1002")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"status":{"x":"\ud83d\ude00 \\ud800 \u4f60"}}}""", "0000")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"$type":"x","__proto__":{"a":1}}}""", "0000")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"latitude":1e400}}""", "1002")]
    [TestCase("""{"header":{"v":"1","id":2,"signal":"client::heartbeat"},"body":{"latitude":NaN}}""", "9999")]
    [TestCase("\ufeff{}", "9999")]
    public async Task OddText_IsRefused_AndReachesNobody(string text, string code)
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");

        await alice.SendAsync(text);
        JsonObject answer = (await alice.ReceiveAsync())!;
        await alice.SendAsync(3, "client::list");
        JsonObject list = await alice.ExpectAsync("client::list");

        Assert.That((string)answer["code"]!, Is.EqualTo(code), answer.ToJsonString());
        Assert.That((string)list["code"]!, Is.EqualTo("0000"));
        Assert.That(server.Failures, Is.Empty);
    }

    [Test]
    public async Task AReportOfTooMuch_IsRefused_AndTheStateStays()
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");
        JsonObject tooMany = [];
        for (int i = 0; i < 65; ++i)
        {
            tooMany[$"m{i}"] = 1;
        }

        await alice.SendAsync(2, "client::heartbeat", new JsonObject { ["status"] = tooMany });
        string many = await alice.ExpectErrorAsync(2);
        await alice.SendAsync(3, "client::heartbeat", new JsonObject { ["battery"] = 5, ["config"] = new JsonObject { ["x"] = new string('x', 17_000) } });
        string large = await alice.ExpectErrorAsync(3);
        await alice.SendAsync(4, "client::status");
        JsonObject status = await alice.ExpectAsync("client::status");

        Assert.That(new[] { many, large }, Is.All.EqualTo("1002"));
        Assert.That(status["body"]!["status"]!.AsObject(), Is.Empty);
        Assert.That(status["body"]!.AsObject().ContainsKey("battery"), Is.False);
    }

    // Its time-outs are on the test's clock, and it cannot be seen from here when each begins: the clock goes on until it is cut.
    private static async Task<JsonObject> ReadWhileTimeGoesOnAsync(SignalServer server, SignalClient client)
    {
        Task<JsonObject> message = client.ExpectAsync("client::offline");
        while (!message.IsCompleted)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        return await message;
    }

    private static string Padded(int id, int bytes)
    {
        string message = $$$"""{"header":{"v":"1.0.0","id":{{{id}}},"signal":"client::heartbeat"},"body":{"pad":""}}""";
        return message.Insert(message.Length - 3, new string('x', bytes - message.Length));
    }
}
