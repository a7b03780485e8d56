namespace Millrace.Controller.Rtp;

/// <summary>Finds the router's payload types and SSRCs for what a client sends.</summary>
internal static class ProducerMapping
{
    /// <exception cref="RtpException">The router does not support a codec.</exception>
    public static RtpMapping Create(RtpParameters parameters, RtpCapabilities router, Func<uint> newSsrc)
    {
        Dictionary<int, int> payloadTypes = [];
        foreach (RtpCodecParameters codec in parameters.Codecs.Where(codec => !CodecMatching.IsRtx(codec.MimeType)))
        {
            RtpCodecCapability match = router.Codecs.FirstOrDefault(capability => CodecMatching.Matches(codec, capability))
                ?? throw new RtpException($"The router does not support {codec.MimeType} (payload type {codec.PayloadType}).");
            payloadTypes[codec.PayloadType] = match.PreferredPayloadType!.Value;
        }
        List<CodecMapping> codecs = [];
        foreach (RtpCodecParameters codec in parameters.Codecs)
        {
            int mapped = CodecMatching.IsRtx(codec.MimeType)
                ? RetransmissionOf(codec, payloadTypes, router)
                : payloadTypes[codec.PayloadType];
            codecs.Add(new CodecMapping(codec.PayloadType, mapped));
        }
        uint ssrc = newSsrc();
        return new RtpMapping(
            codecs,
            [.. parameters.Encodings.Select((encoding, i) => new EncodingMapping(encoding.Rid, encoding.Ssrc, ssrc + (uint)i))]);
    }

    private static int RetransmissionOf(
        RtpCodecParameters rtx, Dictionary<int, int> payloadTypes, RtpCapabilities router)
    {
        int repaired = payloadTypes[CodecMatching.AssociatedPayloadType(rtx.Parameters)!.Value];
        return router.Codecs.FirstOrDefault(capability =>
                CodecMatching.IsSameFormat(rtx.MimeType, rtx.ClockRate, rtx.Channels, capability)
                && CodecMatching.AssociatedPayloadType(capability.Parameters) == repaired)?.PreferredPayloadType
            ?? throw new RtpException($"The router has no retransmission format for payload type {rtx.PayloadType}.");
    }
}
