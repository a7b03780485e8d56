using System.Text.Json.Serialization;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>A data channel as its sender sees it.</summary>
internal sealed record SendingChannel(string State, long Buffered, IReadOnlyList<string> Events);

/// <summary>A data channel as its receiver sees it, and what has come.</summary>
internal sealed record ReceivingChannel
{
    public required string State { get; init; }

    public required string Label { get; init; }

    public required string Protocol { get; init; }

    public required bool Ordered { get; init; }

    public int? MaxPacketLifeTime { get; init; }

    public int? MaxRetransmits { get; init; }

    public required IReadOnlyList<string> Events { get; init; }

    public required IReadOnlyList<ReceivedMessage> Messages { get; init; }
}

/// <summary>A text, or the size and the FNV-1a hash of bytes.</summary>
internal sealed record ReceivedMessage(string? Text = null, int? Size = null, uint? Sum = null);

[JsonSerializable(typeof(SendingChannel))]
[JsonSerializable(typeof(ReceivingChannel))]
internal sealed partial class ChannelJson : JsonSerializerContext;
