namespace Millrace.Controller;

/// <summary>How a plain RTP transport is made.</summary>
public sealed record PlainTransportOptions
{
    /// <summary>Where it listens, for RTP or for both.</summary>
    public required ListenInfo ListenInfo { get; init; }

    /// <summary>Where it listens for RTCP when <see cref="RtcpMux"/> is false; null means as for RTP, on another port.</summary>
    public ListenInfo? RtcpListenInfo { get; init; }

    /// <summary>Whether RTCP shares the port of RTP (RFC 5761).</summary>
    public bool RtcpMux { get; init; } = true;

    /// <summary>Whether the peer's address is learned from its first packet.</summary>
    public bool Comedia { get; init; }

    /// <summary>Whether packets are encrypted.</summary>
    public bool EnableSrtp { get; init; }

    /// <summary>The SRTP protection profile.</summary>
    public SrtpCryptoSuite SrtpCryptoSuite { get; init; } = SrtpCryptoSuite.AesCm128HmacSha1With80Bits;

    /// <summary>Whether messages can pass (SCTP over UDP, beside RTP).</summary>
    public bool EnableSctp { get; init; }

    /// <summary>How much SCTP may carry and hold.</summary>
    public SctpOptions Sctp { get; init; } = new();

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }
}
