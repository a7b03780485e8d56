namespace Millrace.Controller;

/// <summary>How far an SCTP association has come.</summary>
public enum SctpState
{
    /// <summary>Nothing has been sent.</summary>
    New,

    /// <summary>The handshake runs.</summary>
    Connecting,

    /// <summary>Messages flow.</summary>
    Connected,

    /// <summary>The handshake failed.</summary>
    Failed,

    /// <summary>It has ended.</summary>
    Closed,
}
