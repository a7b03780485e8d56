using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>Clients that say what no page says get a refusal that names it, and the server goes on.</summary>
public sealed class BadSignalTests
{
    private ServerProcess _server = null!;

    [OneTimeSetUp]
    public async Task StartServer() => _server = await ServerProcess.StartAsync();

    [OneTimeTearDown]
    public async Task StopServer() => await _server.DisposeAsync();

    [TestCase("{", "9999")]
    [TestCase("", "9999")]
    [TestCase("{} {}", "9999")]
    [TestCase("null", "1002")]
    [TestCase("[1,2]", "1002")]
    [TestCase("{\"body\":{}}", "1002")]
    [TestCase("{\"header\":{\"v\":\"1.0.0\",\"id\":\"abc\",\"signal\":\"room::list\"}}", "1002")]
    [TestCase("{\"header\":{\"v\":\"1.0.0\",\"id\":1e40,\"signal\":\"room::list\"}}", "1002")]
    public async Task BadJson_IsRefusedAndTheConnectionStays(string text, string code)
    {
        await using SignalSocket client = await SignalSocket.RegisterAsync(_server);

        await client.SendAsync(text);

        SignalMessage refusal = await client.ReceiveAsync(message => message.Signal == "platform::error");
        Assert.That(refusal.Code, Is.EqualTo(code));
        await client.RequestAsync("client::status");
    }

    [Test]
    public async Task DeepJson_IsRefused()
    {
        await using SignalSocket client = await SignalSocket.RegisterAsync(_server);

        await client.SendAsync(new string('[', 10_000));

        Assert.That((await client.ReceiveAsync(message => message.Signal == "platform::error")).Code, Is.EqualTo("9999"));
    }

    [Test]
    public async Task UnknownSignal_IsRefusedWithItsId()
    {
        await using SignalSocket client = await SignalSocket.RegisterAsync(_server);

        SignalMessage refusal = await client.AskAsync("room::explode");

        Assert.That(refusal, Has.Property("Signal").EqualTo("platform::error").And.Property("Code").EqualTo("3415"));
        await client.RequestAsync("client::status");
    }

    [Test]
    public async Task Stranger_IsRefusedBeforeRegistering()
    {
        await using SignalSocket stranger = await SignalSocket.OpenAsync(_server);

        SignalMessage refusal = await stranger.AskAsync("room::list");

        Assert.That(refusal.Code, Is.EqualTo("3401"));
    }

    [Test]
    public async Task WrongPassword_IsRefused()
    {
        await using SignalSocket stranger = await SignalSocket.OpenAsync(_server);

        SignalMessage refusal = await stranger.AskAsync("client::register", new()
        {
            ["username"] = "guest",
            ["password"] = "g1.99999999999.0123.AAAA",
            ["clientId"] = stranger.ClientId,
            ["clientType"] = "WEB",
        });

        Assert.That(refusal.Code, Is.EqualTo("3401"));
    }

    [TestCase("media::router::rtp::capabilities")]
    [TestCase("room::client::list")]
    [TestCase("media::transport::webrtc::create")]
    public async Task UnknownRoom_IsRefused(string signal)
    {
        await using SignalSocket client = await SignalSocket.RegisterAsync(_server);

        SignalMessage refusal = await client.AskAsync(signal, new() { ["roomId"] = "nowhere" });

        Assert.That(refusal, Has.Property("Code").EqualTo("9999").And.Property("Text").EqualTo("无效房间：nowhere"));
    }

    [Test]
    public async Task ForeignRoom_IsClosedToWhoIsNotInIt()
    {
        await using SignalSocket owner = await SignalSocket.RegisterAsync(_server);
        await using SignalSocket other = await SignalSocket.RegisterAsync(_server);
        (string roomId, _) = await owner.MakeTransportAsync();

        foreach (string signal in new[] { "room::client::list", "room::status", "media::transport::webrtc::create" })
        {
            SignalMessage refusal = await other.AskAsync(signal, new() { ["roomId"] = roomId });

            Assert.That(refusal.Code, Is.EqualTo("9999"), signal);
            Assert.That(refusal.Text, Is.EqualTo($"终端没有房间权限：{other.ClientId}"), signal);
        }
        await other.PushAsync("room::close", new() { ["roomId"] = roomId });
        await other.RequestAsync("client::status");
        await owner.RequestAsync("room::status", new() { ["roomId"] = roomId });
    }

    [Test]
    public async Task ForeignTransport_CannotBeUsedOrClosed()
    {
        await using SignalSocket owner = await SignalSocket.RegisterAsync(_server);
        await using SignalSocket other = await SignalSocket.RegisterAsync(_server);
        (string roomId, JsonNode transport) = await owner.MakeTransportAsync();
        string transportId = (string)transport["transportId"]!;
        await other.RequestAsync("room::enter", new() { ["roomId"] = roomId });
        JsonObject foreign = new() { ["roomId"] = roomId, ["transportId"] = transportId };

        await other.PushAsync("media::transport::close", foreign);
        SignalMessage restart = await other.AskAsync("media::ice::restart", foreign);
        JsonObject connect = (JsonObject)foreign.DeepClone();
        connect["dtlsParameters"] = Dtls();
        SignalMessage connected = await other.AskAsync("media::transport::webrtc::connect", connect);

        Assert.That(restart, Has.Property("Code").EqualTo("9999").And.Property("Text").EqualTo($"通道无效：{transportId}"));
        Assert.That(connected, Has.Property("Code").EqualTo("9999").And.Property("Text").EqualTo($"通道无效：{transportId}"));
        await owner.RequestAsync("media::ice::restart", foreign);
    }

    [Test]
    public async Task ForeignIds_OfProducersAndConsumersDoNothing()
    {
        await using SignalSocket client = await SignalSocket.RegisterAsync(_server);
        (string roomId, JsonNode transport) = await client.MakeTransportAsync();
        string[] oneWay =
        [
            "media::producer::close", "media::producer::pause", "media::producer::resume", "media::consumer::close",
            "media::consumer::pause", "media::consumer::resume", "media::consumer::request::key::frame",
        ];

        foreach (string signal in oneWay)
        {
            await client.PushAsync(signal, new() { ["roomId"] = roomId, ["producerId"] = "nobody", ["consumerId"] = "nobody" });
        }

        // Unknown ids are passed over in silence (the protocol's page, section 6.3): the next message is the next answer.
        JsonNode? restarted = await client.RequestAsync(
            "media::ice::restart", new() { ["roomId"] = roomId, ["transportId"] = (string)transport["transportId"]! });
        Assert.That(restarted!["iceParameters"], Is.Not.Null);
    }

    [TestCase("media::produce", "{\"kind\":\"smell\",\"rtpParameters\":{\"codecs\":[]}}", "9999")]
    [TestCase("media::produce", "{\"kind\":\"audio\",\"rtpParameters\":{\"codecs\":[]}}", "9999")]
    [TestCase("media::produce", "{\"kind\":\"audio\"}", "1002")]
    [TestCase("media::produce", "{\"kind\":\"audio\",\"rtpParameters\":\"all\"}", "1002")]
    [TestCase("media::transport::webrtc::connect", "{\"dtlsParameters\":{\"role\":\"client\",\"fingerprints\":[]}}", "9999")]
    [TestCase(
        "media::transport::webrtc::connect",
        "{\"dtlsParameters\":{\"role\":\"client\",\"fingerprints\":[{\"algorithm\":\"sha-256\",\"value\":\"zz\"}]}}",
        "9999")]
    [TestCase("media::transport::webrtc::connect", "{\"dtlsParameters\":{\"role\":\"boss\",\"fingerprints\":[]}}", "1002")]
    public async Task BadMedia_IsRefusedAndTheTransportStays(string signal, string body, string code)
    {
        await using SignalSocket client = await SignalSocket.RegisterAsync(_server);
        (string roomId, JsonNode transport) = await client.MakeTransportAsync();
        JsonObject request = (JsonObject)JsonNode.Parse(body)!;
        request["roomId"] = roomId;
        request["transportId"] = (string)transport["transportId"]!;

        SignalMessage refusal = await client.AskAsync(signal, request);

        Assert.That(refusal.Code, Is.EqualTo(code), refusal.Text);
        await client.RequestAsync(
            "media::transport::webrtc::connect",
            new() { ["roomId"] = roomId, ["transportId"] = (string)transport["transportId"]!, ["dtlsParameters"] = Dtls() });
    }

    [Test]
    public async Task BinaryMessage_EndsTheConnection()
    {
        await using SignalSocket client = await SignalSocket.RegisterAsync(_server);

        await client.SendAsync([1, 2, 3]);
        await client.ClosedAsync();

        Assert.That(client.CloseStatus, Is.EqualTo(WebSocketCloseStatus.InvalidMessageType));
    }

    [Test]
    public async Task LongMessage_EndsTheConnection()
    {
        await using SignalSocket client = await SignalSocket.RegisterAsync(_server);

        await client.SendAsync(new string(' ', (256 * 1024) + 1));
        await client.ClosedAsync();

        Assert.That(client.CloseStatus, Is.EqualTo(WebSocketCloseStatus.MessageTooBig));
    }

    [Test]
    public async Task Nonsense_WithoutEndEndsTheConnection()
    {
        await using SignalSocket client = await SignalSocket.RegisterAsync(_server);

        for (int i = 0; i < 30; ++i)
        {
            await client.SendAsync("{");
        }
        await client.ClosedAsync();

        Assert.That(client.CloseStatus, Is.EqualTo(WebSocketCloseStatus.PolicyViolation));
    }

    private static JsonObject Dtls() => new()
    {
        ["role"] = "client",
        ["fingerprints"] = new JsonArray(new JsonObject
        {
            ["algorithm"] = "sha-256",
            ["value"] = string.Join(':', Enumerable.Repeat("AB", 32)),
        }),
    };
}
