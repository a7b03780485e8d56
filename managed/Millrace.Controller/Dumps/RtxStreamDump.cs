namespace Millrace.Controller;

/// <summary>A retransmission stream (RFC 4588) as a worker sees it.</summary>
public sealed record RtxStreamDump
{
    /// <summary>Its SSRC.</summary>
    public required uint Ssrc { get; init; }

    /// <summary>Its payload type.</summary>
    public required int PayloadType { get; init; }

    /// <summary>Its format.</summary>
    public required string MimeType { get; init; }

    /// <summary>RTP ticks in a second.</summary>
    public required int ClockRate { get; init; }

    /// <summary>The restriction id of the stream it repairs.</summary>
    public string? RepairedRid { get; init; }

    /// <summary>Its canonical name.</summary>
    public required string Cname { get; init; }
}
