namespace Millrace.Controller;

/// <summary>Which side opens the DTLS handshake.</summary>
public enum DtlsRole
{
    /// <summary>Left to the peer.</summary>
    Auto,

    /// <summary>This side opens it.</summary>
    Client,

    /// <summary>The other side opens it.</summary>
    Server,
}
