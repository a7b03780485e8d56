namespace Millrace.Controller.Rtp;

/// <summary>A payload type and the router's for it.</summary>
/// <param name="PayloadType">The client's.</param>
/// <param name="MappedPayloadType">The router's.</param>
public sealed record CodecMapping(int PayloadType, int MappedPayloadType);
