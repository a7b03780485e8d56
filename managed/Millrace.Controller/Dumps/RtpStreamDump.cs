namespace Millrace.Controller;

/// <summary>A stream as a worker sees it.</summary>
public sealed record RtpStreamDump
{
    /// <summary>Its place among the encodings.</summary>
    public required int EncodingIdx { get; init; }

    /// <summary>Its SSRC.</summary>
    public required uint Ssrc { get; init; }

    /// <summary>Its payload type.</summary>
    public required int PayloadType { get; init; }

    /// <summary>Its codec.</summary>
    public required string MimeType { get; init; }

    /// <summary>RTP ticks in a second.</summary>
    public required int ClockRate { get; init; }

    /// <summary>Its restriction id.</summary>
    public string? Rid { get; init; }

    /// <summary>Its canonical name.</summary>
    public required string Cname { get; init; }

    /// <summary>The SSRC of its retransmissions.</summary>
    public uint? RtxSsrc { get; init; }

    /// <summary>The payload type of its retransmissions.</summary>
    public int? RtxPayloadType { get; init; }

    /// <summary>Whether lost packets are asked for.</summary>
    public bool UseNack { get; init; }

    /// <summary>Whether picture loss is told.</summary>
    public bool UsePli { get; init; }

    /// <summary>Whether key frames are asked for by FIR.</summary>
    public bool UseFir { get; init; }

    /// <summary>Whether Opus carries its own error correction.</summary>
    public bool UseInBandFec { get; init; }

    /// <summary>Whether silence is not sent.</summary>
    public bool UseDtx { get; init; }

    /// <summary>Spatial layers in it.</summary>
    public int SpatialLayers { get; init; }

    /// <summary>Temporal layers in it.</summary>
    public int TemporalLayers { get; init; }

    /// <summary>How well it arrives, 0 to 10.</summary>
    public int Score { get; init; }

    /// <summary>Its retransmission stream.</summary>
    public RtxStreamDump? RtxStream { get; init; }
}
