namespace Millrace.Controller;

/// <summary>Where a transport or WebRTC server listens, and what it announces.</summary>
public sealed record ListenInfo
{
    /// <summary>UDP or TCP.</summary>
    public TransportProtocol Protocol { get; init; } = TransportProtocol.Udp;

    /// <summary>The local address.</summary>
    public required string Ip { get; init; }

    /// <summary>The address or host name told to peers instead of <see cref="Ip"/>.</summary>
    public string? AnnouncedAddress { get; init; }

    /// <summary>Whether <see cref="Ip"/> is told as well when something else is announced.</summary>
    public bool ExposeInternalIp { get; init; }

    /// <summary>The port; 0 takes one of <see cref="PortRange"/>.</summary>
    public int Port { get; init; }

    /// <summary>The ports to choose from; null means the worker's own range.</summary>
    public PortRange? PortRange { get; init; }

    /// <summary>Whether an IPv6 socket takes no IPv4.</summary>
    public bool Ipv6Only { get; init; }

    /// <summary>Whether several sockets may share the UDP port.</summary>
    public bool UdpReusePort { get; init; }

    /// <summary>The kernel's send buffer in bytes; 0 leaves it alone.</summary>
    public int SendBufferSize { get; init; }

    /// <summary>The kernel's receive buffer in bytes; 0 leaves it alone.</summary>
    public int ReceiveBufferSize { get; init; }
}
