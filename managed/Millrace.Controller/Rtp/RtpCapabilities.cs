namespace Millrace.Controller.Rtp;

/// <summary>What a router or a client can receive: ORTC's <c>RTCRtpCapabilities</c>.</summary>
public sealed record RtpCapabilities
{
    /// <summary>Codecs, retransmission formats among them.</summary>
    public IReadOnlyList<RtpCodecCapability> Codecs { get; init => field = value ?? []; } = [];

    /// <summary>Header extensions.</summary>
    public IReadOnlyList<RtpHeaderExtension> HeaderExtensions { get; init => field = value ?? []; } = [];
}
