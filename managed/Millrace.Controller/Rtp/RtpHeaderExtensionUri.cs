namespace Millrace.Controller.Rtp;

/// <summary>Names of the header extensions a worker knows.</summary>
public static class RtpHeaderExtensionUri
{
    /// <summary>The media section (RFC 8843).</summary>
    public const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <summary>The restriction id of a simulcast stream (RFC 8852).</summary>
    public const string RtpStreamId = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

    /// <summary>The restriction id of the stream a retransmission repairs (RFC 8852).</summary>
    public const string RepairedRtpStreamId = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

    /// <summary>The time of sending, for receiver-side bandwidth estimation.</summary>
    public const string AbsSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

    /// <summary>The transport-wide sequence number, for sender-side bandwidth estimation.</summary>
    public const string TransportWideCc =
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

    /// <summary>The audio level of the packet (RFC 6464).</summary>
    public const string SsrcAudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    /// <summary>The dependency descriptor of AV1's RTP specification.</summary>
    public const string DependencyDescriptor =
        "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

    /// <summary>How the camera is held (3GPP TS 26.114).</summary>
    public const string VideoOrientation = "urn:3gpp:video-orientation";

    /// <summary>The transmission time offset (RFC 5450).</summary>
    public const string TimeOffset = "urn:ietf:params:rtp-hdrext:toffset";

    /// <summary>The time of capture.</summary>
    public const string AbsCaptureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

    /// <summary>The limits of the playout delay.</summary>
    public const string PlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

    /// <summary>The packet id that mediasoup's workers pass between them.</summary>
    public const string PacketId = "urn:mediasoup:params:rtp-hdrext:packet-id";
}
