namespace Millrace.Interop;

/// <summary>Subjects of a worker's debug and warning messages; the values are those of the C header.</summary>
[Flags]
public enum WorkerLogTags
{
    /// <summary>No subject.</summary>
    None = 0,

    /// <summary>The worker's own life.</summary>
    Info = 0x0002,

    /// <summary>ICE.</summary>
    Ice = 0x0004,

    /// <summary>DTLS.</summary>
    Dtls = 0x0008,

    /// <summary>RTP.</summary>
    Rtp = 0x0010,

    /// <summary>SRTP.</summary>
    Srtp = 0x0020,

    /// <summary>RTCP.</summary>
    Rtcp = 0x0040,

    /// <summary>Retransmission.</summary>
    Rtx = 0x0080,

    /// <summary>Bandwidth estimation.</summary>
    Bwe = 0x0100,

    /// <summary>Scores of streams.</summary>
    Score = 0x0200,

    /// <summary>Simulcast.</summary>
    Simulcast = 0x0400,

    /// <summary>Scalable video.</summary>
    Svc = 0x0800,

    /// <summary>SCTP.</summary>
    Sctp = 0x1000,

    /// <summary>Data channel messages.</summary>
    Message = 0x2000,
}
