namespace Millrace.Controller;

/// <summary>What a WebRTC server holds.</summary>
public sealed record WebRtcServerDump
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its UDP sockets.</summary>
    public required IReadOnlyList<IpPort> UdpSockets { get; init; }

    /// <summary>Its TCP servers.</summary>
    public required IReadOnlyList<IpPort> TcpServers { get; init; }

    /// <summary>Its transports.</summary>
    public required IReadOnlyList<string> WebRtcTransportIds { get; init; }

    /// <summary>Transport ids by user name fragment.</summary>
    public required IReadOnlyDictionary<string, string> LocalIceUsernameFragments { get; init; }
}
