namespace Millrace.Controller.Rtp;

/// <summary>A header extension (RFC 8285) that a router or a client knows.</summary>
public sealed record RtpHeaderExtension
{
    /// <summary>The media it may accompany.</summary>
    public MediaKind? Kind { get; init; }

    /// <summary>Its name, such as <c>urn:ietf:params:rtp-hdrext:sdes:mid</c>.</summary>
    public required string Uri { get; init; }

    /// <summary>The id the router uses for it.</summary>
    public required int PreferredId { get; init; }

    /// <summary>Whether it should be encrypted (RFC 6904); routers do not.</summary>
    public bool PreferredEncrypt { get; init; }

    /// <summary>How the router uses it; absent means in both directions.</summary>
    public RtpDirection? Direction { get; init; }
}
