using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Testing;

namespace Millrace.Signaling.Tests.Harness;

/// <summary>A client's side of a connection in memory.</summary>
internal sealed class SignalClient(WebSocket socket, Stream stream, Task serving)
{
    // They come when the worker says so, not when a message asks for them.
    private static readonly string[] Measurements =
        ["media::audio::volume", "media::producer::score", "media::consumer::score", "media::consumer::layers::change"];

    private readonly ArrayBufferWriter<byte> _message = new();

    /// <summary>Ends when the server has let go of this connection.</summary>
    public Task Serving => serving;

    public WebSocket Socket => socket;

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type) =>
        await socket.SendAsync(bytes.AsMemory(), type, endOfMessage: true, CancellationToken.None).Within();

    public Task SendAsync(long id, string signal, JsonNode? body = null) =>
        SendAsync($$"""{"header":{"v":"1.0.0","id":{{id}},"signal":"{{signal}}"},"body":{{body?.ToJsonString() ?? "{}"}}}""");

    /// <summary>The next message but measurements; null when the server closed instead.</summary>
    public async Task<JsonObject?> ReceiveAsync()
    {
        while (await ReceiveTextAsync() is { } text)
        {
            JsonObject message = JsonNode.Parse(text)!.AsObject();
            if (!Measurements.Contains(SignalOf(message)))
            {
                return message;
            }
        }
        return null;
    }

    /// <summary>The next message, which must have this signal.</summary>
    public async Task<JsonObject> ExpectAsync(string signal)
    {
        JsonObject message = await ReceiveAsync()
            ?? throw new AssertionException($"{signal} was expected; the server closed: {socket.CloseStatus} {socket.CloseStatusDescription}");
        return SignalOf(message) == signal
            ? message
            : throw new AssertionException($"{signal} was expected; this came: {message.ToJsonString()}");
    }

    /// <summary>The next message must be a refusal of the message with this id.</summary>
    public async Task<string> ExpectErrorAsync(long id)
    {
        JsonObject message = await ExpectAsync("platform::error");
        Assert.That((long)message["header"]!["id"]!, Is.EqualTo(id), message.ToJsonString());
        return (string)message["code"]!;
    }

    /// <summary>The server must close now, after whatever it still sends.</summary>
    public async Task<(int Status, string? Reason)> ExpectCloseAsync()
    {
        while (await ReceiveTextAsync() is not null)
        {
        }
        return ((int)socket.CloseStatus!.Value, socket.CloseStatusDescription);
    }

    /// <summary>Closes as a page does that is left.</summary>
    public async Task CloseAsync()
    {
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Within();
        await serving.Within();
    }

    /// <summary>Is gone without a word.</summary>
    public async Task VanishAsync()
    {
        await stream.DisposeAsync();
        await serving.Within();
    }

    private static string? SignalOf(JsonObject message) => (string?)message["header"]?["signal"];

    private async Task<string?> ReceiveTextAsync()
    {
        _message.ResetWrittenCount();
        while (true)
        {
            ValueWebSocketReceiveResult result =
                await socket.ReceiveAsync(_message.GetMemory(4096), CancellationToken.None).Within();
            if (result.MessageType == WebSocketMessageType.Close)
            {
                if (socket.State == WebSocketState.CloseReceived)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Within();
                }
                return null;
            }
            _message.Advance(result.Count);
            if (result.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_message.WrittenSpan);
            }
        }
    }
}
