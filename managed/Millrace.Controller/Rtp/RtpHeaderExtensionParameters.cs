namespace Millrace.Controller.Rtp;

/// <summary>A header extension in use (RFC 8285).</summary>
public sealed record RtpHeaderExtensionParameters
{
    /// <summary>Its name.</summary>
    public required string Uri { get; init; }

    /// <summary>Its id in RTP packets.</summary>
    public required int Id { get; init; }

    /// <summary>Whether it is encrypted (RFC 6904).</summary>
    public bool Encrypt { get; init; }

    /// <summary>Parameters of the extension itself; usually none.</summary>
    public OrderedDictionary<string, RtpParameterValue> Parameters { get; init => field = value ?? []; } = [];
}
