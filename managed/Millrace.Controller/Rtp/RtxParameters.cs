namespace Millrace.Controller.Rtp;

/// <summary>The retransmission stream of an encoding (RFC 4588).</summary>
/// <param name="Ssrc">Its SSRC.</param>
public sealed record RtxParameters(uint Ssrc);
