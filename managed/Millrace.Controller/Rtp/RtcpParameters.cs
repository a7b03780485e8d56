namespace Millrace.Controller.Rtp;

/// <summary>RTCP settings of a producer or consumer.</summary>
/// <param name="Cname">The canonical name in SDES packets (RFC 3550); a producer without one is given one.</param>
/// <param name="ReducedSize">Whether reduced-size RTCP is used (RFC 5506).</param>
/// <param name="Mux">Whether RTCP shares the port of RTP (RFC 5761); only told, never used.</param>
public sealed record RtcpParameters(string? Cname = null, bool ReducedSize = true, bool? Mux = null);
