namespace Millrace.Controller.Rtp;

/// <summary>One stream of a producer or consumer.</summary>
public sealed record RtpEncodingParameters
{
    /// <summary>Its SSRC; absent when the stream is known by MID and RID only.</summary>
    public uint? Ssrc { get; init; }

    /// <summary>Its restriction id (RFC 8851), which tells simulcast streams apart.</summary>
    public string? Rid { get; init; }

    /// <summary>The codec it uses; absent means the first one.</summary>
    public int? CodecPayloadType { get; init; }

    /// <summary>Its retransmission stream.</summary>
    public RtxParameters? Rtx { get; init; }

    /// <summary>Whether silence is not sent.</summary>
    public bool? Dtx { get; init; }

    /// <summary>Layers in it, such as <c>L1T3</c> or <c>S3T3</c> (W3C webrtc-svc).</summary>
    public string? ScalabilityMode { get; init; }

    /// <summary>The sender's reduction of the picture's size; only told.</summary>
    public double? ScaleResolutionDownBy { get; init; }

    /// <summary>Bits per second the sender will not exceed.</summary>
    public long? MaxBitrate { get; init; }
}
