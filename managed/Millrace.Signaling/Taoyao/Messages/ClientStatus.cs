using System.Text.Json;

namespace Millrace.Signaling.Taoyao.Messages;

/// <summary>The state of a registered client, as others see it.</summary>
internal sealed record ClientStatus
{
    public required string Ip { get; init; }

    public string? Name { get; init; }

    public required string ClientId { get; init; }

    public required string ClientType { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    public double? Humidity { get; init; }

    public double? Temperature { get; init; }

    public int? Signal { get; init; }

    public int? Battery { get; init; }

    public bool? Alarming { get; init; }

    public bool? Charging { get; init; }

    public bool? ClientRecording { get; init; }

    public bool? ServerRecording { get; init; }

    /// <summary>Local time of the server, <c>yyyy-MM-dd HH:mm:ss</c>.</summary>
    public string? LastHeartbeat { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Status { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Config { get; init; }
}
