namespace Millrace.Controller.Rtp;

/// <summary>What a router can receive and send, made from the codecs it is to route.</summary>
internal static class RouterCapabilities
{
    // RFC 3551 3 leaves 96 to 127 to dynamic use; workers hand out the upper ones first. 127 is kept for probation.
    // RFC 5761 4 adds 35 to 63, which a multiplexed port does not mistake for RTCP.
    private static readonly int[] DynamicPayloadTypes =
        [.. Enumerable.Range(100, 27), .. Enumerable.Range(96, 4), .. Enumerable.Range(35, 29)];

    public static RtpCapabilities Create(IReadOnlyList<RtpCodecCapability> mediaCodecs)
    {
        HashSet<int> used = [];
        foreach (RtpCodecCapability codec in mediaCodecs)
        {
            RtpValidation.CheckCodec(codec);
            if (codec.PreferredPayloadType is { } payloadType && !used.Add(payloadType))
            {
                throw new RtpException($"The payload type {payloadType} is asked for twice.");
            }
        }
        Queue<int> free = new(DynamicPayloadTypes.Where(payloadType => !used.Contains(payloadType)));
        List<RtpCodecCapability> codecs = [];
        foreach (RtpCodecCapability wanted in mediaCodecs)
        {
            RtpCodecCapability codec = Complete(wanted, used, free);
            codecs.Add(codec);
            if (codec.Kind == MediaKind.Video)
            {
                codecs.Add(Retransmission(codec, Take(free)));
            }
        }
        return new RtpCapabilities { Codecs = codecs, HeaderExtensions = SupportedHeaderExtensions.All };
    }

    private static RtpCodecCapability Complete(RtpCodecCapability wanted, HashSet<int> used, Queue<int> free)
    {
        RtpCodecCapability supported = SupportedCodecs.All.FirstOrDefault(codec =>
                CodecMatching.IsSameFormat(wanted.MimeType, wanted.ClockRate, wanted.Channels, codec)
                && wanted.Kind == codec.Kind)
            ?? throw new RtpException(
                $"The codec {wanted.MimeType} with {wanted.ClockRate} Hz and {wanted.Channels ?? 1} channels is not supported.");
        int payloadType = wanted.PreferredPayloadType
            ?? (supported.PreferredPayloadType is { } usual && used.Add(usual) ? usual : Take(free));
        OrderedDictionary<string, RtpParameterValue> parameters = new(supported.Parameters);
        foreach ((string name, RtpParameterValue value) in wanted.Parameters)
        {
            parameters[name] = value;
        }
        return supported with
        {
            PreferredPayloadType = payloadType,
            Parameters = parameters,
            RtcpFeedback = wanted.RtcpFeedback.Count == 0
                ? supported.RtcpFeedback
                : [.. supported.RtcpFeedback.Where(feedback => wanted.RtcpFeedback.Any(feedback.IsSame))],
        };
    }

    private static RtpCodecCapability Retransmission(RtpCodecCapability codec, int payloadType) => new()
    {
        Kind = codec.Kind,
        MimeType = "video" + CodecMatching.RtxSubtype,
        PreferredPayloadType = payloadType,
        ClockRate = codec.ClockRate,
        Parameters = new() { [CodecMatching.AssociatedPayloadTypeName] = codec.PreferredPayloadType!.Value },
    };

    private static int Take(Queue<int> free) =>
        free.TryDequeue(out int payloadType) ? payloadType : throw new RtpException("There are more codecs than payload types.");
}
