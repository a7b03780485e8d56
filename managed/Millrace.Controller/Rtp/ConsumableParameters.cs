namespace Millrace.Controller.Rtp;

/// <summary>
/// A producer's media as the router knows it: the router's payload types, header extension ids and SSRCs. What every
/// consumer is cut from.
/// </summary>
internal static class ConsumableParameters
{
    public static RtpParameters Create(
        MediaKind kind, RtpParameters producer, RtpCapabilities router, RtpMapping mapping)
    {
        List<RtpCodecParameters> codecs = [];
        foreach (RtpCodecParameters codec in producer.Codecs.Where(codec => !CodecMatching.IsRtx(codec.MimeType)))
        {
            int payloadType = mapping.Codecs.First(entry => entry.PayloadType == codec.PayloadType).MappedPayloadType;
            RtpCodecCapability capability = router.Codecs.First(entry => entry.PreferredPayloadType == payloadType);
            // The parameters are the sender's: they describe the very stream.
            codecs.Add(new RtpCodecParameters
            {
                MimeType = capability.MimeType,
                PayloadType = payloadType,
                ClockRate = capability.ClockRate,
                Channels = capability.Channels,
                Parameters = codec.Parameters,
                RtcpFeedback = capability.RtcpFeedback,
            });
            // Retransmission is between worker and receiver: offered whether or not the sender repairs its own path.
            if (router.Codecs.FirstOrDefault(entry => IsRetransmissionOf(entry, payloadType)) is { } rtx)
            {
                codecs.Add(new RtpCodecParameters
                {
                    MimeType = rtx.MimeType,
                    PayloadType = rtx.PreferredPayloadType!.Value,
                    ClockRate = rtx.ClockRate,
                    Parameters = rtx.Parameters,
                    RtcpFeedback = rtx.RtcpFeedback,
                });
            }
        }
        return new RtpParameters
        {
            Codecs = codecs,
            HeaderExtensions = HeaderExtensions(kind, producer, router),
            Encodings =
            [
                .. producer.Encodings.Select((encoding, i) => encoding with
                {
                    Ssrc = mapping.Encodings[i].MappedSsrc,
                    Rid = null,
                    Rtx = null,
                    CodecPayloadType = null,
                }),
            ],
            Rtcp = new RtcpParameters(producer.Rtcp.Cname),
            Msid = producer.Msid,
        };
    }

    private static bool IsRetransmissionOf(RtpCodecCapability codec, int payloadType) =>
        CodecMatching.IsRtx(codec.MimeType) && CodecMatching.AssociatedPayloadType(codec.Parameters) == payloadType;

    private static RtpHeaderExtensionParameters[] HeaderExtensions(
        MediaKind kind, RtpParameters producer, RtpCapabilities router) =>
    [
        .. from extension in router.HeaderExtensions
           where extension.Kind is null || extension.Kind == kind
           where extension.Direction is null or RtpDirection.Sendrecv or RtpDirection.Sendonly
           where extension.Uri is not (RtpHeaderExtensionUri.AbsCaptureTime or RtpHeaderExtensionUri.DependencyDescriptor)
               || producer.HeaderExtensions.Any(sent => sent.Uri == extension.Uri)
           select new RtpHeaderExtensionParameters { Uri = extension.Uri, Id = extension.PreferredId },
    ];
}
