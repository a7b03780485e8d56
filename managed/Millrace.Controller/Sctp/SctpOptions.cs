namespace Millrace.Controller;

/// <summary>How much SCTP (RFC 9260) may carry and hold on a transport; all sizes are bytes.</summary>
public sealed record SctpOptions
{
    /// <summary>The largest message that is sent.</summary>
    public int MaxSendMessageSize { get; init; } = 262_144;

    /// <summary>The largest message that is taken in, to be told to the peer (RFC 8841).</summary>
    public int MaxReceiveMessageSize { get; init; } = 262_144;

    /// <summary>What may wait to be sent, over all streams.</summary>
    public int SendBufferSize { get; init; } = 2_000_000;

    /// <summary>What may wait to be sent on one stream.</summary>
    public int PerStreamSendQueueLimit { get; init; } = 2_000_000;

    /// <summary>The window told to the peer: what it may send ahead.</summary>
    public int MaxReceiverWindowBufferSize { get; init; } = 5 * 1024 * 1024;

    /// <summary>
    /// What a new data consumer's buffer must sink to before <see cref="DataConsumer.BufferedAmountLow"/> is raised. Zero, as with
    /// a browser's RTCDataChannel; mediasoup's Node controller sends 1,024 of its own.
    /// </summary>
    public int BufferedAmountLowThreshold { get; init; }
}
