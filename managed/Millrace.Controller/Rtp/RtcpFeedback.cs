namespace Millrace.Controller.Rtp;

/// <summary>One kind of RTCP feedback a codec understands (RFC 4585, <c>a=rtcp-fb</c>).</summary>
/// <param name="Type">Such as <c>nack</c>, <c>ccm</c>, <c>goog-remb</c> or <c>transport-cc</c>.</param>
/// <param name="Parameter">Such as <c>pli</c> or <c>fir</c>; empty and absent mean the same.</param>
public sealed record RtcpFeedback(string Type, string? Parameter = null);
