namespace Millrace.Controller;

/// <summary>What can be traced; not every object knows every kind.</summary>
public enum TraceEventType
{
    /// <summary>Transports: a probation packet was sent.</summary>
    Probation,

    /// <summary>Transports: the estimate of the available bitrate changed.</summary>
    Bwe,

    /// <summary>Producers and consumers: a key frame passed.</summary>
    KeyFrame,

    /// <summary>Producers and consumers: a full intra request (RFC 5104).</summary>
    Fir,

    /// <summary>Producers and consumers: a negative acknowledgement (RFC 4585).</summary>
    Nack,

    /// <summary>Producers and consumers: a picture loss indication (RFC 4585).</summary>
    Pli,

    /// <summary>Producers and consumers: an RTP packet passed.</summary>
    Rtp,

    /// <summary>Producers: a sender report (RFC 3550).</summary>
    SenderReport,
}
