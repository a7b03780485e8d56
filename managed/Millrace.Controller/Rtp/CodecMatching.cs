namespace Millrace.Controller.Rtp;

/// <summary>Whether two descriptions mean the same codec, so that the packets of one can be decoded by the other.</summary>
internal static class CodecMatching
{
    public const string RtxSubtype = "/rtx";
    public const string AssociatedPayloadTypeName = "apt";

    public static bool IsRtx(string mimeType) => mimeType.EndsWith(RtxSubtype, StringComparison.OrdinalIgnoreCase);

    /// <summary>The payload type a retransmission format repairs (RFC 4588 8.1); null if it does not say.</summary>
    public static int? AssociatedPayloadType(OrderedDictionary<string, RtpParameterValue> parameters) =>
        parameters.TryGetValue(AssociatedPayloadTypeName, out RtpParameterValue value) && value.TryGetInt32(out int apt)
            ? apt
            : null;

    public static bool Matches(RtpCodecParameters left, RtpCodecCapability right) =>
        Matches(left.MimeType, left.ClockRate, left.Channels, left.Parameters, right);

    /// <summary>The same codec, whatever its parameters.</summary>
    public static bool IsSameFormat(string mimeType, int clockRate, int? channels, RtpCodecCapability other) =>
        mimeType.Equals(other.MimeType, StringComparison.OrdinalIgnoreCase)
        && clockRate == other.ClockRate
        && (channels ?? 1) == (other.Channels ?? 1);

    private static bool Matches(
        string mimeType,
        int clockRate,
        int? channels,
        OrderedDictionary<string, RtpParameterValue> parameters,
        RtpCodecCapability other)
    {
        if (!IsSameFormat(mimeType, clockRate, channels, other))
        {
            return false;
        }
        OrderedDictionary<string, RtpParameterValue> others = other.Parameters;
        return mimeType.ToUpperInvariant() switch
        {
            "AUDIO/MULTIOPUS" =>
                SameNumber(parameters, others, "num_streams", 0) && SameNumber(parameters, others, "coupled_streams", 0),

            // RFC 6184 8.2.2: profile and packetization mode are symmetric; the level is not.
            "VIDEO/H264" =>
                SameNumber(parameters, others, "packetization-mode", 0)
                && H264Profile.AreSame(ProfileLevelId(parameters), ProfileLevelId(others)),

            // RFC 9628 6: another profile cannot be decoded; absent means profile 0.
            "VIDEO/VP9" => SameNumber(parameters, others, "profile-id", 0),

            // AV1's RTP specification 7.2: absent means profile 0.
            "VIDEO/AV1" => SameNumber(parameters, others, "profile", 0),

            // RFC 7798 7.1: absent means profile 1 (Main), Main tier, single stream; levels are not symmetric.
            "VIDEO/H265" =>
                SameNumber(parameters, others, "profile-space", 0)
                && SameNumber(parameters, others, "profile-id", 1)
                && SameNumber(parameters, others, "tier-flag", 0)
                && SameText(parameters, others, "tx-mode", "SRST"),
            _ => true,
        };
    }

    private static string? ProfileLevelId(OrderedDictionary<string, RtpParameterValue> parameters) =>
        parameters.TryGetValue("profile-level-id", out RtpParameterValue value) ? value.ToString() : null;

    private static bool SameNumber(
        OrderedDictionary<string, RtpParameterValue> left,
        OrderedDictionary<string, RtpParameterValue> right,
        string name,
        int missing) => NumberOf(left, name, missing) is { } number && number == NumberOf(right, name, missing);

    private static int? NumberOf(OrderedDictionary<string, RtpParameterValue> parameters, string name, int missing)
    {
        if (!parameters.TryGetValue(name, out RtpParameterValue value))
        {
            return missing;
        }
        return value.TryGetInt32(out int number) ? number : null;
    }

    private static bool SameText(
        OrderedDictionary<string, RtpParameterValue> left,
        OrderedDictionary<string, RtpParameterValue> right,
        string name,
        string missing) =>
        TextOf(left, name, missing).Equals(TextOf(right, name, missing), StringComparison.OrdinalIgnoreCase);

    private static string TextOf(OrderedDictionary<string, RtpParameterValue> parameters, string name, string missing) =>
        parameters.TryGetValue(name, out RtpParameterValue value) ? value.ToString() : missing;
}
