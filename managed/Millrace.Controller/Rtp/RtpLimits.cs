namespace Millrace.Controller.Rtp;

/// <summary>The bounds of what a client may send as RTP capabilities or parameters. Browsers stay far below.</summary>
internal static class RtpLimits
{
    /// <summary>Chromium lists about 45 codecs with their retransmission formats; payload types are 128.</summary>
    public const int MaxCodecs = 128;

    /// <summary>RFC 8285 gives two-byte headers 255 ids; Chromium lists about 20.</summary>
    public const int MaxHeaderExtensions = 64;

    /// <summary>Simulcast uses three; a worker's spatial layers are at most eight.</summary>
    public const int MaxEncodings = 8;

    public const int MaxParameters = 64;

    public const int MaxFeedback = 32;

    /// <summary>Names: MIME types, extension URIs, parameter names, feedback types.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Values: H.265's parameter sets are the longest.</summary>
    public const int MaxValueLength = 4096;

    /// <summary>MID and RID travel in every packet's header (RFC 8852); 16 bytes fit a one-byte header extension.</summary>
    public const int MaxIdLength = 32;

    /// <summary>Payload types have seven bits (RFC 3550 5.1).</summary>
    public const int MaxPayloadType = 127;
}
