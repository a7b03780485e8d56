namespace Millrace.Controller;

/// <summary>A transport's end of an SCTP association, to be told to the peer; all sizes are bytes.</summary>
public sealed record SctpParameters
{
    /// <summary>The SCTP port (RFC 8841).</summary>
    public required int Port { get; init; }

    /// <summary>The largest message that is sent.</summary>
    public required int MaxSendMessageSize { get; init; }

    /// <summary>The largest message that is taken in.</summary>
    public required int MaxReceiveMessageSize { get; init; }

    /// <summary>What may wait to be sent, over all streams.</summary>
    public int SendBufferSize { get; init; }

    /// <summary>What may wait to be sent on one stream.</summary>
    public int PerStreamSendQueueLimit { get; init; }

    /// <summary>The window told to the peer.</summary>
    public int MaxReceiverWindowBufferSize { get; init; }

    /// <summary>Whether it runs over DTLS and opens its streams as WebRTC data channels do (RFC 8832).</summary>
    public bool IsDataChannel { get; init; }
}
