namespace Millrace.Controller;

/// <summary>An RTP packet as a worker sees it.</summary>
public sealed record RtpPacketDump
{
    /// <summary>Payload type.</summary>
    public required int PayloadType { get; init; }

    /// <summary>Sequence number.</summary>
    public required int SequenceNumber { get; init; }

    /// <summary>RTP timestamp.</summary>
    public required uint Timestamp { get; init; }

    /// <summary>Marker bit.</summary>
    public bool Marker { get; init; }

    /// <summary>SSRC.</summary>
    public required uint Ssrc { get; init; }

    /// <summary>Whether a key frame starts in it.</summary>
    public bool IsKeyFrame { get; init; }

    /// <summary>Bytes in all.</summary>
    public ulong Size { get; init; }

    /// <summary>Bytes of payload.</summary>
    public ulong PayloadSize { get; init; }

    /// <summary>Its spatial layer.</summary>
    public int SpatialLayer { get; init; }

    /// <summary>Its temporal layer.</summary>
    public int TemporalLayer { get; init; }

    /// <summary>The MID in it.</summary>
    public string? Mid { get; init; }

    /// <summary>The RID in it.</summary>
    public string? Rid { get; init; }

    /// <summary>The repaired RID in it.</summary>
    public string? RepairedRid { get; init; }

    /// <summary>The transport-wide sequence number in it.</summary>
    public int? WideSequenceNumber { get; init; }
}
