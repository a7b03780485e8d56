namespace Millrace.Controller.Rtp;

/// <summary>What a router or a client can receive: ORTC's <c>RTCRtpCapabilities</c>.</summary>
public sealed record RtpCapabilities
{
    /// <summary>
    /// Everything a worker can route: what routers may be made of. Only codecs with a payload type by RFC 3551 have one.
    /// </summary>
    public static RtpCapabilities Supported { get; } =
        new() { Codecs = SupportedCodecs.All, HeaderExtensions = SupportedHeaderExtensions.All };

    /// <summary>Codecs, retransmission formats among them.</summary>
    public IReadOnlyList<RtpCodecCapability> Codecs { get; init => field = value ?? []; } = [];

    /// <summary>Header extensions.</summary>
    public IReadOnlyList<RtpHeaderExtension> HeaderExtensions { get; init => field = value ?? []; } = [];
}
