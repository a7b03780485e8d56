namespace Millrace.Controller;

/// <summary>Connections that came to be, failed or were lost since the worker's start.</summary>
public sealed record ConnectionCounts
{
    /// <summary>ICE: the peer nominated a pair; again after a restart.</summary>
    public ulong IceCompleted { get; init; }

    /// <summary>ICE: the peer stopped answering, or asking.</summary>
    public ulong IceDisconnected { get; init; }

    /// <summary>DTLS handshakes that succeeded.</summary>
    public ulong DtlsConnected { get; init; }

    /// <summary>DTLS handshakes and connections that failed.</summary>
    public ulong DtlsFailed { get; init; }

    /// <summary>SCTP associations that came to be.</summary>
    public ulong SctpConnected { get; init; }

    /// <summary>SCTP associations that failed.</summary>
    public ulong SctpFailed { get; init; }
}
