namespace Millrace.Controller;

/// <summary>What both ends of an SCTP association have agreed on.</summary>
/// <param name="MaxOutboundStreams">Streams towards the peer.</param>
/// <param name="MaxInboundStreams">Streams from the peer.</param>
public sealed record SctpCapabilities(int MaxOutboundStreams, int MaxInboundStreams);
