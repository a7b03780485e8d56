namespace Millrace.Controller;

/// <summary>One SCTP stream (RFC 8831), as mediasoup-client writes it in JSON.</summary>
public sealed record SctpStreamParameters
{
    /// <summary>The largest stream id; 65535 means none (RFC 8832).</summary>
    public const int MaxStreamId = 65_534;

    /// <summary>Its id, 0 to <see cref="MaxStreamId"/>.</summary>
    public required int StreamId { get; init; }

    /// <summary>Whether messages arrive in their order; absent means yes, unless one of the two below is set.</summary>
    public bool? Ordered { get; init; }

    /// <summary>Milliseconds after which a message is no longer sent again (RFC 3758), up to 65,535.</summary>
    public int? MaxPacketLifeTime { get; init; }

    /// <summary>How often a message is sent again at most (RFC 3758), up to 65,535.</summary>
    public int? MaxRetransmits { get; init; }
}
