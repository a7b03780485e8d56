using Millrace.Controller.Rtp;

namespace Millrace.Controller;

/// <summary>How a router is made.</summary>
public sealed record RouterOptions
{
    /// <summary>The codecs it routes, the preferred ones first; retransmission formats are added by themselves.</summary>
    public required IReadOnlyList<RtpCodecCapability> MediaCodecs { get; init; }

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }
}
