using System.Globalization;

namespace Millrace.Controller.Rtp;

/// <summary>Cuts what a client can receive out of what a producer gives.</summary>
internal static class ConsumerParameters
{
    private const string Av1 = "video/AV1";
    private const string Nack = "nack";
    private const string TransportCc = "transport-cc";
    private const string Remb = "goog-remb";

    public static bool CanConsume(RtpParameters consumable, RtpCapabilities client) =>
        consumable.Codecs.Any(codec => !CodecMatching.IsRtx(codec.MimeType) && MatchOf(codec, client) is not null);

    /// <exception cref="RtpException">The client can receive none of the codecs.</exception>
    public static RtpParameters Create(
        RtpParameters consumable, RtpCapabilities client, bool enableRtx, Func<uint> newSsrc, bool allStreams = false)
    {
        RtpHeaderExtensionParameters[] extensions = HeaderExtensions(consumable, client, allStreams);
        List<RtpCodecParameters> codecs = Codecs(consumable, client, enableRtx);
        if (codecs.Count == 0)
        {
            throw new RtpException("The client can receive none of the producer's codecs.");
        }
        Predicate<RtcpFeedback> unwanted = UnwantedFeedback(extensions, enableRtx);
        bool hasRtx = codecs.Any(codec => CodecMatching.IsRtx(codec.MimeType));
        return new RtpParameters
        {
            Codecs =
            [
                .. codecs.Select(codec => codec with
                {
                    RtcpFeedback = [.. codec.RtcpFeedback.Where(feedback => !unwanted(feedback))],
                }),
            ],
            HeaderExtensions = extensions,
            Encodings = PipeParameters.Streams(
                allStreams ? consumable.Encodings : [OneStreamOf(consumable.Encodings)], hasRtx, newSsrc),
            Rtcp = new RtcpParameters(consumable.Rtcp.Cname),
            Msid = consumable.Msid,
        };
    }

    private static List<RtpCodecParameters> Codecs(RtpParameters consumable, RtpCapabilities client, bool enableRtx)
    {
        List<RtpCodecParameters> codecs = [];
        foreach (RtpCodecParameters codec in consumable.Codecs.Where(codec => !CodecMatching.IsRtx(codec.MimeType)))
        {
            if (MatchOf(codec, client) is not { } match)
            {
                continue;
            }
            codecs.Add(codec with
            {
                RtcpFeedback = [.. codec.RtcpFeedback.Where(feedback => match.RtcpFeedback.Any(feedback.IsSame))],
            });
            RtpCodecParameters? rtx = consumable.Codecs.FirstOrDefault(entry =>
                CodecMatching.IsRtx(entry.MimeType)
                && CodecMatching.AssociatedPayloadType(entry.Parameters) == codec.PayloadType);
            if (enableRtx && rtx is not null && CanRepair(client, match))
            {
                codecs.Add(rtx);
            }
        }
        return codecs;
    }

    private static RtpCodecCapability? MatchOf(RtpCodecParameters codec, RtpCapabilities client) =>
        client.Codecs.FirstOrDefault(capability => CodecMatching.Matches(codec, capability));

    // RFC 4588 8.1: a retransmission format belongs to the one payload type it names.
    private static bool CanRepair(RtpCapabilities client, RtpCodecCapability codec) => client.Codecs.Any(capability =>
        CodecMatching.IsRtx(capability.MimeType)
        && capability.ClockRate == codec.ClockRate
        && CodecMatching.AssociatedPayloadType(capability.Parameters) is { } apt
        && apt == codec.PreferredPayloadType);

    private static RtpHeaderExtensionParameters[] HeaderExtensions(
        RtpParameters consumable, RtpCapabilities client, bool allStreams) =>
    [
        .. consumable.HeaderExtensions.Where(extension => client.HeaderExtensions.Any(capability =>
            capability.Uri == extension.Uri
            && capability.Direction is null or RtpDirection.Sendrecv or RtpDirection.Recvonly)
            && (extension.Uri != RtpHeaderExtensionUri.DependencyDescriptor || allStreams || NeedsDependencies(consumable))),
    ];

    // AV1's payload does not tell a receiver which frames of a scalable stream belong together.
    private static bool NeedsDependencies(RtpParameters consumable) =>
        string.Equals(consumable.Codecs[0].MimeType, Av1, StringComparison.OrdinalIgnoreCase);

    // Exactly one way to estimate the bandwidth: by transport-wide sequence numbers if the client knows them, else by
    // REMB on the absolute send time, else none.
    private static Predicate<RtcpFeedback> UnwantedFeedback(RtpHeaderExtensionParameters[] extensions, bool enableRtx)
    {
        bool transportCc = extensions.Any(extension => extension.Uri == RtpHeaderExtensionUri.TransportWideCc);
        bool remb = !transportCc && extensions.Any(extension => extension.Uri == RtpHeaderExtensionUri.AbsSendTime);
        return feedback => feedback.Type switch
        {
            TransportCc => !transportCc,
            Remb => !remb,
            Nack => !enableRtx && string.IsNullOrEmpty(feedback.Parameter),
            _ => false,
        };
    }

    private static RtpEncodingParameters OneStreamOf(IReadOnlyList<RtpEncodingParameters> encodings) => new()
    {
        ScalabilityMode = ScalabilityModeOf(encodings),
        MaxBitrate = encodings.Max(encoding => encoding.MaxBitrate),
    };

    // Simulcast streams come out as one stream whose sizes are the streams.
    private static string? ScalabilityModeOf(IReadOnlyList<RtpEncodingParameters> encodings)
    {
        string? first = encodings.Select(encoding => encoding.ScalabilityMode).FirstOrDefault(mode => mode is not null);
        if (encodings.Count == 1)
        {
            return first;
        }
        int temporalLayers = first is not null && ScalabilityMode.TryParse(first, out ScalabilityMode mode) ? mode.TemporalLayers : 1;
        return string.Create(CultureInfo.InvariantCulture, $"L{encodings.Count}T{temporalLayers}");
    }
}
