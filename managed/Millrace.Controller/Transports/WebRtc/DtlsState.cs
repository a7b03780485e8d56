namespace Millrace.Controller;

/// <summary>How far DTLS has come.</summary>
public enum DtlsState
{
    /// <summary>Not started.</summary>
    New,

    /// <summary>In the handshake.</summary>
    Connecting,

    /// <summary>Keys are there: media flows.</summary>
    Connected,

    /// <summary>The handshake failed, or the peer's certificate has another fingerprint.</summary>
    Failed,

    /// <summary>The peer has closed it.</summary>
    Closed,
}
