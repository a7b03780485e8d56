namespace Millrace.Controller;

/// <summary>How a WebRTC transport is made: on the sockets of a WebRTC server, or on sockets of its own.</summary>
public sealed record WebRtcTransportOptions
{
    /// <summary>The server whose sockets it uses; either this or <see cref="ListenInfos"/> is set.</summary>
    public WebRtcServer? WebRtcServer { get; init; }

    /// <summary>The sockets it opens itself.</summary>
    public IReadOnlyList<ListenInfo> ListenInfos { get; init; } = [];

    /// <summary>Whether UDP candidates are offered.</summary>
    public bool EnableUdp { get; init; } = true;

    /// <summary>Whether TCP candidates are offered; null means: with a server yes, else no.</summary>
    public bool? EnableTcp { get; init; }

    /// <summary>Whether UDP candidates get the better priority.</summary>
    public bool PreferUdp { get; init; }

    /// <summary>Whether TCP candidates get the better priority.</summary>
    public bool PreferTcp { get; init; }

    /// <summary>Seconds without consent (RFC 7675) after which the peer counts as gone; 0 is never, else 10 to 60.</summary>
    public int IceConsentTimeout { get; init; } = 30;

    /// <summary>What is assumed to fit the path to the peer at first, in bits per second.</summary>
    public long InitialAvailableOutgoingBitrate { get; init; } = 600_000;

    /// <summary>Whether data channels can be opened (SCTP over DTLS).</summary>
    public bool EnableSctp { get; init; }

    /// <summary>How much SCTP may carry and hold.</summary>
    public SctpOptions Sctp { get; init; } = new();

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }
}
