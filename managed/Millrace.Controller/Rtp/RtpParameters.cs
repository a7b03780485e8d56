namespace Millrace.Controller.Rtp;

/// <summary>How media is really sent: ORTC's <c>RTCRtpParameters</c>, as mediasoup-client writes them in JSON.</summary>
public sealed record RtpParameters
{
    /// <summary>The media section it belongs to (RFC 8843).</summary>
    public string? Mid { get; init; }

    /// <summary>Codecs in use, retransmission formats among them.</summary>
    public IReadOnlyList<RtpCodecParameters> Codecs { get; init => field = value ?? []; } = [];

    /// <summary>Header extensions in use.</summary>
    public IReadOnlyList<RtpHeaderExtensionParameters> HeaderExtensions { get; init => field = value ?? []; } = [];

    /// <summary>The streams; none written means one that is known by its MID alone.</summary>
    public IReadOnlyList<RtpEncodingParameters> Encodings { get; init => field = value ?? []; } = [];

    /// <summary>RTCP settings.</summary>
    public RtcpParameters Rtcp { get; init => field = value ?? new RtcpParameters(); } = new();

    /// <summary>The media stream and track it stands for (<c>a=msid</c>, RFC 8830).</summary>
    public string? Msid { get; init; }
}
