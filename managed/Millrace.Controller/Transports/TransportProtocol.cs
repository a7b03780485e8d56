namespace Millrace.Controller;

/// <summary>What carries the packets.</summary>
public enum TransportProtocol
{
    /// <summary>UDP.</summary>
    Udp,

    /// <summary>TCP with the frames of RFC 4571.</summary>
    Tcp,
}
