namespace Millrace.Controller.Rtp;

/// <summary>A producer's media on its way to another router: every stream, with all that the other router needs to know.</summary>
internal static class PipeParameters
{
    // Written anew by whoever sends to a client: who receives it there, and how its bandwidth is estimated.
    private static readonly string[] Local =
        [RtpHeaderExtensionUri.Mid, RtpHeaderExtensionUri.AbsSendTime, RtpHeaderExtensionUri.TransportWideCc];

    /// <param name="source">How the producer's peer sends.</param>
    /// <param name="consumable">The same as the router knows it.</param>
    /// <param name="router">What the router knows.</param>
    /// <param name="enableRtx">Whether the pipe sends lost packets again.</param>
    /// <param name="newSsrc">Makes the first SSRC.</param>
    public static RtpParameters Create(
        RtpParameters source, RtpParameters consumable, RtpCapabilities router, bool enableRtx, Func<uint> newSsrc) => new()
    {
        Codecs =
        [
            .. from codec in consumable.Codecs
               where enableRtx || !CodecMatching.IsRtx(codec.MimeType)
               select codec with { RtcpFeedback = [.. codec.RtcpFeedback.Where(entry => IsWanted(entry, enableRtx))] },
        ],
        HeaderExtensions =
        [
            .. consumable.HeaderExtensions.Where(extension => !Local.Contains(extension.Uri)),
            .. LayersOf(source, router),
        ],
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

    // Where the layers are is told by the stream's own sender; a client does not need it, a router does.
    private static IEnumerable<RtpHeaderExtensionParameters> LayersOf(RtpParameters source, RtpCapabilities router) =>
        from extension in router.HeaderExtensions
        where extension.Uri == RtpHeaderExtensionUri.DependencyDescriptor
        where source.HeaderExtensions.Any(sent => sent.Uri == extension.Uri)
        select new RtpHeaderExtensionParameters { Uri = extension.Uri, Id = extension.PreferredId };

    // Key frames are asked for across the pipe; packets again only when there is a way to send them.
    private static bool IsWanted(RtcpFeedback feedback, bool enableRtx) => (feedback.Type, feedback.Parameter) switch
    {
        ("nack", "pli") or ("ccm", "fir") => true,
        ("nack", null or "") => enableRtx,
        _ => false,
    };
}
