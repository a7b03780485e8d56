namespace Millrace.Controller.Rtp;

/// <summary>
/// In which direction a router can use a header extension; the members are SDP's words (RFC 8866), so that a
/// camel-case JSON policy writes them unchanged.
/// </summary>
public enum RtpDirection
{
    /// <summary>Read from producers and written to consumers.</summary>
    Sendrecv,

    /// <summary>Written to consumers only.</summary>
    Sendonly,

    /// <summary>Read from producers only.</summary>
    Recvonly,

    /// <summary>Known, but not used.</summary>
    Inactive,
}
