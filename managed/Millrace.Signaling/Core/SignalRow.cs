using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Rooms;

namespace Millrace.Signaling.Core;

/// <summary>One signal of a protocol: its name, its messages, who may send it, and the method it calls.</summary>
/// <typeparam name="TSession">The protocol's session.</typeparam>
internal sealed record SignalRow<TSession>(string Name, Permission Permission, Answer Answer, string Sentence)
{
    /// <summary>The shape of the request; null when only the server sends the signal.</summary>
    public JsonTypeInfo? Request { get; init; }

    /// <summary>The shape of the answer, or of what the server sends.</summary>
    public JsonTypeInfo? Reply { get; init; }

    /// <summary>Calls the method outside of any room.</summary>
    public Func<TSession, object, Task<object?>>? Invoke { get; init; }

    /// <summary>Calls the method in a turn of the room that the request names.</summary>
    public Func<TSession, Room, object, Task<object?>>? InvokeInRoom { get; init; }

    /// <summary>Reads a request.</summary>
    /// <exception cref="JsonException">The body does not have the shape; the path says where.</exception>
    public object Read(JsonElement body) =>
        body.Deserialize(Request!) ?? throw new JsonException("The body is null.", "$", null, null);
}
