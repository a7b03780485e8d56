using System.Text.Json.Serialization;
using Millrace.Controller.Rtp;
using Millrace.Signaling.Core;

namespace Millrace.Signaling.Taoyao.Messages;

/// <summary>Body of <c>room::create</c>.</summary>
/// <param name="Name">The name that people see.</param>
/// <param name="Password">The password.</param>
/// <param name="MisspelledPassword">The protocol's own spelling of it.</param>
/// <param name="MediaClientId">The media service; null leaves the choice to the server.</param>
internal sealed record CreateRoom(
    string Name,
    string? Password = null,
    [property: JsonPropertyName("passowrd")] string? MisspelledPassword = null,
    string? MediaClientId = null);

/// <summary>Body of <c>room::enter</c>.</summary>
internal sealed record EnterRoom(
    string RoomId,
    string? Password = null,
    [property: JsonPropertyName("passowrd")] string? MisspelledPassword = null,
    string? SubscribeType = null,
    RtpCapabilities? RtpCapabilities = null) : Relayed, IRoomRequest;

/// <summary>A room and nothing else.</summary>
internal sealed record RoomRef(string RoomId) : IRoomRequest;

/// <summary>Body of <c>room::client::list::id</c>: a member, or oneself.</summary>
internal sealed record ListClientIds(string RoomId, string? ClientId = null) : IRoomRequest;

/// <summary>A room, as lists show it; a password is never in it.</summary>
internal sealed record RoomStatus(string RoomId, string Name, int ClientSize, string MediaClientId);

/// <summary>What everybody in the room gets when a client enters.</summary>
internal sealed record ClientEntered(string RoomId, string ClientId, ClientStatus? Status);

/// <summary>A client of a room.</summary>
internal sealed record RoomClientRef(string RoomId, string ClientId);

/// <summary>Answer to <c>room::client::list</c>.</summary>
internal sealed record RoomClients(string RoomId, IReadOnlyList<ClientStatus> Clients);

/// <summary>Answer to <c>room::client::list::id</c>.</summary>
internal sealed record RoomClientIds(
    string RoomId,
    string ClientId,
    IReadOnlyList<string> DataProducers,
    IReadOnlyList<string> DataConsumers,
    IReadOnlyList<string> AudioProducers,
    IReadOnlyList<string> VideoProducers,
    IReadOnlyList<string> AudioConsumers,
    IReadOnlyList<string> VideoConsumers);

/// <summary>What members get when their room was made anew on another worker.</summary>
internal sealed record RoomRebuilt(string RoomId);
