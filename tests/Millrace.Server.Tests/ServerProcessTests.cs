using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Testing;

namespace Millrace.Server.Tests;

/// <summary>The whole server as a process.</summary>
[CancelAfter(120_000)]
[NonParallelizable]
internal sealed class ServerProcessTests : IDisposable
{
    private readonly DataFolder _data = new();
    private X509Certificate2? _shown;

    public void Dispose()
    {
        _shown?.Dispose();
        _data.Dispose();
    }

    [Test]
    public async Task TheServer_ServesItsPageAndItsHealth_OverBothSchemes()
    {
        await using RunningServer server = await StartAsync();
        using HttpClient client = Client();

        using HttpResponseMessage page = await client.GetAsync(server.Addresses[0]);
        string health = await client.GetStringAsync(new Uri(server.Addresses[1], "health"));
        using HttpResponseMessage outside = await client.GetAsync(new Uri($"{server.Addresses[1]}..%2f..%2fmillrace-server.dll"));

        Assert.That(server.Addresses.Select(a => a.Scheme), Is.EqualTo(new[] { "https", "http" }), server.Said);
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("The page of the tests"));
        Assert.That(page.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("frame-ancestors 'none'"));
        Assert.That(page.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        Assert.That(page.Headers.Contains("Server"), Is.False);
        Assert.That(health, Is.EqualTo("ok"));
        Assert.That(outside.StatusCode, Is.EqualTo(HttpStatusCode.NotFound).Or.EqualTo(HttpStatusCode.BadRequest));
        using X509Certificate2 kept = X509Certificate2.CreateFromPemFile(_data.File("certificate.pem"));
        Assert.That(_shown!.Thumbprint, Is.EqualTo(kept.Thumbprint));
    }

    [Test]
    public async Task AGuest_Registers_AndSigtermTellsItAndEndsEverythingClean()
    {
        await using RunningServer server = await StartAsync();
        int worker = server.Workers().Single();
        using HttpClient http = Client();
        using HttpResponseMessage answer = await http.PostAsync(new Uri(server.Addresses[1], "guest"), content: null);
        JsonNode guest = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        using ClientWebSocket socket = await ConnectAsync(server);

        JsonNode registered = await AskAsync(socket, "client::register", new JsonObject
        {
            ["username"] = (string)guest["username"]!,
            ["password"] = (string)guest["password"]!,
            ["clientId"] = "visitor",
            ["clientType"] = "WEB",
        });
        await ReceiveAsync(socket);
        JsonNode room = await AskAsync(socket, "room::create", new JsonObject { ["name"] = "Tea", ["password"] = "room-secret-1" });
        server.Ask();
        WebSocketCloseStatus? status = await ClosedAsync(socket);
        int code = await server.EndAsync();

        Assert.That((string)registered["code"]!, Is.EqualTo("0000"), registered.ToJsonString());
        Assert.That((string)room["code"]!, Is.EqualTo("0000"), room.ToJsonString());
        Assert.That((int?)status, Is.EqualTo(1001).Or.EqualTo(1012));
        Assert.That(code, Is.Zero, server.Said);
        Assert.That(() => Process.GetProcessById(worker), Throws.ArgumentException, "the worker is gone");
        string log = await File.ReadAllTextAsync(Path.Combine(_data.Path, "log", "millrace.log"));
        string[] secrets = [(string)guest["password"]!, "room-secret-1", AdminPassword(server)];
        Assert.That(log, Does.Contain("Media worker 0 is ready"));
        Assert.That(secrets.Where(secret => log.Contains(secret, StringComparison.Ordinal)), Is.Empty);
        Assert.That(server.Said, Does.Not.Contain("room-secret-1").And.Not.Contain((string)guest["password"]!));
    }

    [Test]
    public async Task TheFirstStart_ShowsAPasswordThatOpensTheDoor()
    {
        await using RunningServer server = await StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);

        JsonNode wrong = await AskAsync(socket, "client::register", Login("admin", "not the password"));
        JsonNode right = await AskAsync(socket, "client::register", Login("admin", AdminPassword(server)));

        Assert.That((string)wrong["code"]!, Is.EqualTo("3401"));
        Assert.That((string)right["code"]!, Is.EqualTo("0000"));
    }

    [Test]
    public async Task TheWrongDoors_AreShut()
    {
        await using RunningServer server = await StartAsync();
        using HttpClient http = Client();
        using ClientWebSocket foreign = new();
        foreign.Options.SetRequestHeader("Origin", "https://evil.example");
        foreign.Options.CollectHttpResponseDetails = true;
        using ClientWebSocket elsewhere = new();
        elsewhere.Options.CollectHttpResponseDetails = true;

        await Assert.ThatAsync(
            async () => await foreign.ConnectAsync(SignalAddress(server), CancellationToken.None), Throws.InstanceOf<WebSocketException>());
        await Assert.ThatAsync(
            async () => await elsewhere.ConnectAsync(new Uri(SignalAddress(server), "/other.signal"), CancellationToken.None),
            Throws.InstanceOf<WebSocketException>());
        using HttpResponseMessage plain = await http.GetAsync(new Uri(server.Addresses[1], "websocket.signal"));
        using HttpRequestMessage proxied = new(HttpMethod.Post, new Uri(server.Addresses[1], "guest"));
        proxied.Headers.Add("X-Forwarded-For", "192.0.2.1");
        using HttpResponseMessage guest = await http.SendAsync(proxied);

        Assert.That(foreign.HttpStatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(elsewhere.HttpStatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(plain.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(guest.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task ASecondServerOnTheSameData_IsRefused_AndTheFirstServesOn()
    {
        await using RunningServer first = await StartAsync();

        await using RunningServer second = await StartAsync();
        int code = await second.EndAsync();

        Assert.That(code, Is.EqualTo(2));
        Assert.That(second.Said, Does.Contain("millrace: --data: "));
        using HttpClient http = Client();
        Assert.That(await http.GetStringAsync(new Uri(first.Addresses[1], "health")), Is.EqualTo("ok"));
    }

    [TestCase("--sleep", "millrace: --sleep is no option")]
    [TestCase("--listen=http://0.0.0.0:0", "millrace: --listen: ")]
    [TestCase("--worker-bin=millrace-no-such-worker", "millrace: the media worker does not start: ")]
    [TestCase("--certificate=none.pem", "millrace: --certificate: ")]
    [TestCase("--listen=https://192.0.2.1:0", "millrace: --listen: ", Description = "An address of another machine")]
    [TestCase("--media-ip=192.0.2.1", "millrace: the media worker does not start: ")]
    public async Task SettingsThatCannotBeUsed_EndItWithOneLineAndCode2(string argument, string message)
    {
        await using RunningServer server = await RunningServer.StartAsync(_data.Path, argument);

        Assert.That(await server.EndAsync(), Is.EqualTo(2), server.Said);
        Assert.That(server.Said, Does.Contain(message));
        Assert.That(server.Said, Does.Not.Contain("Unhandled exception"));
        Assert.That(server.Workers(), Is.Empty);
    }

    [Test]
    public async Task AWorkerWithinTheServer_ServesAndEndsCleanToo()
    {
        await using RunningServer server = await StartAsync("--in-process");
        using HttpClient http = Client();

        string health = await http.GetStringAsync(new Uri(server.Addresses[1], "health"));
        int[] workers = server.Workers();
        server.Ask();

        Assert.That(health, Is.EqualTo("ok"));
        Assert.That(workers, Is.Empty);
        Assert.That(await server.EndAsync(), Is.Zero, server.Said);
    }

    [Test]
    public async Task Users_AreAddedFromAPipe_AndCanLogIn()
    {
        await using (RunningServer command = RunningServer.Start(["user", "add", "alice", "--data", _data.Path]))
        {
            await command.TypeAsync("correct horse");
            Assert.That(await command.EndAsync(), Is.Zero, command.Said);
            Assert.That(command.Said, Does.Not.Contain("correct horse"));
        }
        await using (RunningServer command = RunningServer.Start(["user", "add", "bob", "--data", _data.Path]))
        {
            await command.TypeAsync("123456");
            Assert.That(await command.EndAsync(), Is.EqualTo(2));
        }

        await using RunningServer server = await StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);
        JsonNode answer = await AskAsync(socket, "client::register", Login("alice", "correct horse"));

        Assert.That((string)answer["code"]!, Is.EqualTo("0000"));
        Assert.That(server.Said, Does.Not.Contain("Made the user"));
    }

    private Task<RunningServer> StartAsync(params string[] more) => RunningServer.StartAsync(
        _data.Path, ["--listen", "https://127.0.0.1:0", "--listen", "http://127.0.0.1:0", .. more]);

    private HttpClient Client() => new(new HttpClientHandler
    {
        ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
        {
            _shown = X509CertificateLoader.LoadCertificate(certificate!.RawData);
            return true;
        },
    });

    private static Uri SignalAddress(RunningServer server) => new UriBuilder(server.Addresses[1]) { Scheme = "ws", Path = "/websocket.signal" }.Uri;

    private static async Task<ClientWebSocket> ConnectAsync(RunningServer server)
    {
        ClientWebSocket socket = new();
        await socket.ConnectAsync(SignalAddress(server), CancellationToken.None).Within();
        return socket;
    }

    private static JsonObject Login(string name, string password) => new()
    {
        ["username"] = name,
        ["password"] = password,
        ["clientId"] = name,
        ["clientType"] = "WEB",
    };

    private static string AdminPassword(RunningServer server) =>
        server.Said.Split("with the password ")[1].Split(' ')[0];

    private static async Task<JsonNode> AskAsync(ClientWebSocket socket, string signal, JsonObject body)
    {
        JsonObject message = new()
        {
            ["header"] = new JsonObject { ["v"] = "1.0.0", ["id"] = 7, ["signal"] = signal },
            ["body"] = body,
        };
        await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None).Within();
        return (await ReceiveAsync(socket))!;
    }

    private static async Task<JsonNode?> ReceiveAsync(ClientWebSocket socket)
    {
        using MemoryStream message = new();
        byte[] part = new byte[4096];
        WebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(part, CancellationToken.None).Within();
            await message.WriteAsync(part.AsMemory(0, result.Count));
        }
        while (!result.EndOfMessage);
        return result.MessageType == WebSocketMessageType.Close ? null : JsonNode.Parse(message.ToArray());
    }

    private static async Task<WebSocketCloseStatus?> ClosedAsync(ClientWebSocket socket)
    {
        while (await ReceiveAsync(socket) is not null)
        {
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Within();
        return socket.CloseStatus;
    }
}
