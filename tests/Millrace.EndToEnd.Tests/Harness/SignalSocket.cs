using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>A client of the taoyao protocol that can say anything, also what no page would say.</summary>
internal sealed class SignalSocket : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[256 * 1024];
    private long _lastId = 1000;

    private SignalSocket()
    {
    }

    public string ClientId { get; } = Guid.NewGuid().ToString();

    /// <summary>How the server ended the connection; null while it has not.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<SignalSocket> OpenAsync(ServerProcess server)
    {
        SignalSocket socket = new();
        await socket._socket.ConnectAsync(server.SignalAddress, CancellationToken.None).Within();
        return socket;
    }

    /// <summary>Connects and logs in with a guest's token, as the page does.</summary>
    public static async Task<SignalSocket> RegisterAsync(ServerProcess server)
    {
        SignalSocket socket = await OpenAsync(server);
        using HttpClient http = new();
        using HttpResponseMessage guest = await http.PostAsync(new Uri(server.Address, "/guest"), null);
        JsonObject body = (await guest.Content.ReadFromJsonAsync<JsonObject>())!;
        body["clientId"] = socket.ClientId;
        body["clientType"] = "WEB";
        body["name"] = "Wat";
        await socket.RequestAsync("client::register", body);
        return socket;
    }

    /// <summary>Sends any text.</summary>
    public Task SendAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).Within();

    /// <summary>Sends bytes as a binary message.</summary>
    public Task SendAsync(byte[] bytes) =>
        _socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None).Within();

    /// <summary>Sends a signal and returns its id.</summary>
    public async Task<long> PushAsync(string signal, JsonObject? body = null)
    {
        long id = ++_lastId;
        JsonObject message = new()
        {
            ["header"] = new JsonObject { ["v"] = "1.0.0", ["id"] = id, ["signal"] = signal },
            ["body"] = body?.DeepClone() ?? new JsonObject(),
        };
        await SendAsync(message.ToJsonString());
        return id;
    }

    /// <summary>Sends a signal and waits for the message with its id, whatever its code.</summary>
    public async Task<SignalMessage> AskAsync(string signal, JsonObject? body = null)
    {
        long id = await PushAsync(signal, body);
        return await ReceiveAsync(message => message.Id == id);
    }

    /// <summary>Sends a signal that must succeed and returns the body of its answer.</summary>
    public async Task<JsonNode?> RequestAsync(string signal, JsonObject? body = null)
    {
        SignalMessage answer = await AskAsync(signal, body);
        Assert.That(answer.Code, Is.EqualTo("0000"), () => $"{signal}: {answer}");
        return answer.Body;
    }

    /// <summary>Waits for a message; what comes before it is passed over.</summary>
    public async Task<SignalMessage> ReceiveAsync(Predicate<SignalMessage> wanted)
    {
        while (true)
        {
            SignalMessage message = await ReceiveAsync();
            if (wanted(message))
            {
                return message;
            }
        }
    }

    /// <summary>Waits until the server has closed the connection.</summary>
    public async Task ClosedAsync()
    {
        while (_socket.State == WebSocketState.Open)
        {
            await _socket.ReceiveAsync(_buffer, CancellationToken.None).Within();
        }
    }

    /// <summary>Makes a room, enters it and makes a transport in it; returns the ids and the answer.</summary>
    public async Task<(string RoomId, JsonNode Transport)> MakeTransportAsync()
    {
        string roomId = (string)(await RequestAsync("room::create", new() { ["name"] = "mill" }))!["roomId"]!;
        JsonNode capabilities = (await RequestAsync("media::router::rtp::capabilities", new() { ["roomId"] = roomId }))!;
        await RequestAsync("room::enter", new()
        {
            ["roomId"] = roomId,
            ["rtpCapabilities"] = capabilities["rtpCapabilities"]!.DeepClone(),
        });
        JsonNode transport = (await RequestAsync("media::transport::webrtc::create", new()
        {
            ["roomId"] = roomId,
            ["forceTcp"] = false,
            ["producing"] = true,
            ["consuming"] = false,
        }))!;
        return (roomId, transport);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<SignalMessage> ReceiveAsync()
    {
        int used = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(_buffer.AsMemory(used), CancellationToken.None).AsTask().Within();
            Assert.That(part.MessageType, Is.EqualTo(WebSocketMessageType.Text), () => $"the server closed: {_socket.CloseStatusDescription}");
            used += part.Count;
            if (part.EndOfMessage)
            {
                return SignalMessage.Parse(JsonNode.Parse(Encoding.UTF8.GetString(_buffer, 0, used))!);
            }
        }
    }
}

/// <summary>A message of the server.</summary>
internal sealed record SignalMessage(string Code, string Text, long Id, string Signal, JsonNode? Body)
{
    public static SignalMessage Parse(JsonNode message) => new(
        (string)message["code"]!,
        (string)message["message"]!,
        (long)message["header"]!["id"]!,
        (string)message["header"]!["signal"]!,
        message["body"]);
}
