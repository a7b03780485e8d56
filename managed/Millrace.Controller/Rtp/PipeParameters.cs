namespace Millrace.Controller.Rtp;

/// <summary>A producer's media on its way to another router: every stream, with all that the other router needs to know.</summary>
internal static class PipeParameters
{
    // Written anew by whoever sends to a client: who receives it there, and how its bandwidth is estimated.
    private static readonly string[] Local =
        [RtpHeaderExtensionUri.Mid, RtpHeaderExtensionUri.AbsSendTime, RtpHeaderExtensionUri.TransportWideCc];

    /// <param name="consumable">The producer's media as the router knows it.</param>
    /// <param name="enableRtx">Whether the pipe sends lost packets again.</param>
    /// <param name="newSsrc">Makes the first SSRC.</param>
    public static RtpParameters Create(RtpParameters consumable, bool enableRtx, Func<uint> newSsrc) => new()
    {
        Codecs =
        [
            .. from codec in consumable.Codecs
               where enableRtx || !CodecMatching.IsRtx(codec.MimeType)
               select codec with { RtcpFeedback = [.. codec.RtcpFeedback.Where(entry => IsWanted(entry, enableRtx))] },
        ],
        HeaderExtensions = [.. consumable.HeaderExtensions.Where(extension => !Local.Contains(extension.Uri))],
        Encodings = Streams(
            consumable.Encodings,
            enableRtx && consumable.Codecs.Any(codec => CodecMatching.IsRtx(codec.MimeType)),
            newSsrc),
        Rtcp = new RtcpParameters(consumable.Rtcp.Cname),
        Msid = consumable.Msid,
    };

    /// <summary>All streams of a producer, under SSRCs that follow each other; retransmissions come after them.</summary>
    public static RtpEncodingParameters[] Streams(
        IReadOnlyList<RtpEncodingParameters> encodings, bool withRtx, Func<uint> newSsrc)
    {
        uint first = newSsrc();
        return
        [
            .. encodings.Select((encoding, i) => encoding with
            {
                Ssrc = first + (uint)i,
                Rtx = withRtx ? new RtxParameters(first + (uint)(encodings.Count + i)) : null,
            }),
        ];
    }

    // Key frames are asked for across the pipe; packets again only when there is a way to send them.
    private static bool IsWanted(RtcpFeedback feedback, bool enableRtx) => (feedback.Type, feedback.Parameter) switch
    {
        ("nack", "pli") or ("ccm", "fir") => true,
        ("nack", null or "") => enableRtx,
        _ => false,
    };
}
