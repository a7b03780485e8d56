using System.Text.Json;

namespace Millrace.Signaling.Taoyao.Messages;

/// <summary>Body of <c>client::register</c>: who the client is, and the first report of its state.</summary>
internal sealed record RegisterClient : ClientReport
{
    public required string ClientId { get; init; }

    public required string ClientType { get; init; }

    public string? Name { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }
}

/// <summary>What a client says of itself: body of <c>client::heartbeat</c>. Absent members leave the state as it is.</summary>
internal record ClientReport
{
    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    public double? Humidity { get; init; }

    public double? Temperature { get; init; }

    /// <summary>Strength of the network signal, 0 to 100. Browsers send fractions.</summary>
    public double? Signal { get; init; }

    /// <summary>Charge of the battery, 0 to 100. Browsers send fractions.</summary>
    public double? Battery { get; init; }

    public bool? Alarming { get; init; }

    public bool? Charging { get; init; }

    public bool? ClientRecording { get; init; }

    public Dictionary<string, JsonElement>? Status { get; init; }

    public Dictionary<string, JsonElement>? Config { get; init; }
}
