using System.Text.RegularExpressions;

namespace Millrace.Controller.Rtp;

/// <summary>
/// Checks what a client sends before anything is made of it. Pure: the result is the same parameters, completed where
/// ORTC has defaults. What passes here fits the wire.
/// </summary>
internal static partial class RtpValidation
{
    private const int MaxChannels = 255;
    private const int MaxHeaderExtensionId = 255;

    public static RtpCapabilities Check(RtpCapabilities capabilities)
    {
        RequireCount(capabilities.Codecs.Count, RtpLimits.MaxCodecs, "codecs");
        RequireCount(capabilities.HeaderExtensions.Count, RtpLimits.MaxHeaderExtensions, "header extensions");
        foreach (RtpCodecCapability codec in capabilities.Codecs)
        {
            CheckCodec(codec);
        }
        foreach (RtpHeaderExtension extension in capabilities.HeaderExtensions)
        {
            RequireName(extension.Uri, "A header extension's URI");
            RequireRange(extension.PreferredId, 1, MaxHeaderExtensionId, "A header extension's id");
            Require(extension.Kind is null || Enum.IsDefined(extension.Kind.Value), "A header extension's kind is not known.");
        }
        return capabilities;
    }

    public static void CheckCodec(RtpCodecCapability codec)
    {
        Require(Enum.IsDefined(codec.Kind), "A codec's kind is not known.");
        if (codec.PreferredPayloadType is { } payloadType)
        {
            RequireRange(payloadType, 0, RtpLimits.MaxPayloadType, "A payload type");
        }
        CheckCodec(codec.MimeType, codec.ClockRate, codec.Channels, codec.Parameters, codec.RtcpFeedback);
        Require(
            codec.MimeType.StartsWith(codec.Kind == MediaKind.Audio ? "audio/" : "video/", StringComparison.OrdinalIgnoreCase),
            $"The codec {codec.MimeType} does not carry its kind.");
    }

    public static RtpParameters Check(MediaKind kind, RtpParameters parameters)
    {
        Require(Enum.IsDefined(kind), "The kind is not known.");
        if (parameters.Mid is { } mid)
        {
            CheckMid(mid);
        }
        RequireText(parameters.Msid, RtpLimits.MaxNameLength, "The MSID");
        RequireText(parameters.Rtcp.Cname, RtpLimits.MaxNameLength, "The CNAME");
        CheckCodecs(kind, parameters.Codecs);
        CheckHeaderExtensions(parameters.HeaderExtensions);
        // ORTC: parameters without encodings mean one stream with default settings.
        IReadOnlyList<RtpEncodingParameters> encodings =
            parameters.Encodings.Count == 0 ? [new RtpEncodingParameters()] : parameters.Encodings;
        CheckEncodings(parameters, encodings);
        return parameters with { Encodings = encodings };
    }

    public static string CheckMid(string mid)
    {
        Require(mid.Length <= RtpLimits.MaxIdLength && Token().IsMatch(mid), "The MID is not a token of SDP.");
        return mid;
    }

    private static void CheckCodecs(MediaKind kind, IReadOnlyList<RtpCodecParameters> codecs)
    {
        Require(codecs.Count > 0, "RTP parameters need a codec.");
        RequireCount(codecs.Count, RtpLimits.MaxCodecs, "codecs");
        string prefix = kind == MediaKind.Audio ? "audio/" : "video/";
        HashSet<int> payloadTypes = [];
        foreach (RtpCodecParameters codec in codecs)
        {
            RequireRange(codec.PayloadType, 0, RtpLimits.MaxPayloadType, "A payload type");
            CheckCodec(codec.MimeType, codec.ClockRate, codec.Channels, codec.Parameters, codec.RtcpFeedback);
            Require(
                codec.MimeType.StartsWith(prefix, StringComparison.OrdinalIgnoreCase),
                $"The codec {codec.MimeType} is not for {kind}.");
            Require(payloadTypes.Add(codec.PayloadType), $"The payload type {codec.PayloadType} is used twice.");
        }
        Require(!CodecMatching.IsRtx(codecs[0].MimeType), "The first codec must not be a retransmission format.");
        foreach (RtpCodecParameters rtx in codecs.Where(codec => CodecMatching.IsRtx(codec.MimeType)))
        {
            // RFC 4588 8.1: "apt" is mandatory and names the payload type that is retransmitted.
            int? apt = CodecMatching.AssociatedPayloadType(rtx.Parameters);
            Require(
                codecs.Any(codec => codec.PayloadType == apt && !CodecMatching.IsRtx(codec.MimeType)),
                $"The retransmission format {rtx.PayloadType} has no codec.");
        }
    }

    private static void CheckCodec(
        string mimeType,
        int clockRate,
        int? channels,
        OrderedDictionary<string, RtpParameterValue> parameters,
        IReadOnlyList<RtcpFeedback> feedback)
    {
        Require(
            mimeType is { Length: <= RtpLimits.MaxNameLength } && MimeType().IsMatch(mimeType),
            "A codec's MIME type makes no sense.");
        Require(clockRate > 0, $"The clock rate of {mimeType} is not positive.");
        if (channels is { } count)
        {
            RequireRange(count, 1, MaxChannels, $"The channels of {mimeType}");
        }
        CheckValues(parameters);
        RequireCount(feedback.Count, RtpLimits.MaxFeedback, "kinds of RTCP feedback");
        foreach (RtcpFeedback entry in feedback)
        {
            RequireName(entry.Type, "An RTCP feedback's type");
            RequireText(entry.Parameter, RtpLimits.MaxNameLength, "An RTCP feedback's parameter");
        }
    }

    private static void CheckHeaderExtensions(IReadOnlyList<RtpHeaderExtensionParameters> extensions)
    {
        RequireCount(extensions.Count, RtpLimits.MaxHeaderExtensions, "header extensions");
        HashSet<int> ids = [];
        foreach (RtpHeaderExtensionParameters extension in extensions)
        {
            RequireName(extension.Uri, "A header extension's URI");
            RequireRange(extension.Id, 1, MaxHeaderExtensionId, "A header extension's id");
            Require(ids.Add(extension.Id), $"The header extension id {extension.Id} is used twice.");
            CheckValues(extension.Parameters);
        }
    }

    private static void CheckEncodings(RtpParameters parameters, IReadOnlyList<RtpEncodingParameters> encodings)
    {
        RequireCount(encodings.Count, RtpLimits.MaxEncodings, "encodings");
        HashSet<uint> ssrcs = [];
        HashSet<string> rids = [];
        foreach (RtpEncodingParameters encoding in encodings)
        {
            Require(encoding.Ssrc is not { } ssrc || ssrcs.Add(ssrc), "An SSRC is used twice.");
            Require(encoding.Rtx is not { } rtx || ssrcs.Add(rtx.Ssrc), "An SSRC is used twice.");
            if (encoding.Rid is { } rid)
            {
                Require(rid.Length <= RtpLimits.MaxIdLength && Token().IsMatch(rid), "A RID makes no sense (RFC 8851).");
                Require(rids.Add(rid), $"The RID {rid} is used twice.");
            }
            Require(
                encoding.Ssrc is not null || encoding.Rid is not null || (encodings.Count == 1 && parameters.Mid is not null),
                "An encoding needs an SSRC, a RID, or to be the only one of its MID.");
            Require(
                encoding.CodecPayloadType is null
                    || parameters.Codecs.Any(codec => codec.PayloadType == encoding.CodecPayloadType),
                "An encoding uses a codec that is not there.");
            Require(
                encoding.ScalabilityMode is null || ScalabilityMode.TryParse(encoding.ScalabilityMode, out _),
                "A scalability mode makes no sense (W3C webrtc-svc).");
            Require(encoding.MaxBitrate is null or >= 0, "A bitrate is negative.");
        }
    }

    private static void CheckValues(OrderedDictionary<string, RtpParameterValue> values)
    {
        RequireCount(values.Count, RtpLimits.MaxParameters, "parameters of one codec or extension");
        foreach ((string name, RtpParameterValue value) in values)
        {
            RequireName(name, "A parameter's name");
            RequireText(value.Text, RtpLimits.MaxValueLength, $"The parameter {name}");
            Require(double.IsFinite(value.Number), $"The parameter {name} is not a number.");
        }
    }

    private static void RequireName(string? text, string what)
    {
        Require(!string.IsNullOrEmpty(text), $"{what} is missing.");
        RequireText(text, RtpLimits.MaxNameLength, what);
    }

    // Half a surrogate pair cannot be written as UTF-8, and a control character ends lines in SDP and logs.
    private static void RequireText(string? text, int maxLength, string what)
    {
        if (text is null)
        {
            return;
        }
        Require(text.Length <= maxLength, $"{what} is longer than {maxLength} characters.");
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            Require(!char.IsControl(text[i]) && (isPair || !char.IsSurrogate(text[i])), $"{what} has characters that mean nothing.");
            i += isPair ? 1 : 0;
        }
    }

    private static void RequireCount(int count, int max, string what) =>
        Require(count <= max, $"There are {count} {what}; {max} are allowed.");

    private static void RequireRange(int value, int min, int max, string what) =>
        Require(value >= min && value <= max, $"{what} is {value}; {min} to {max} are allowed.");

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new RtpException(otherwise);
        }
    }

    // RFC 6838 4.2: type "/" subtype, of letters, digits and a few signs
    [GeneratedRegex(@"^(audio|video)/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MimeType();

    // RFC 8866 9: token
    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`{|}~-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
