namespace Millrace.Controller.Rtp;

/// <summary>A stream and the router's SSRC for it.</summary>
/// <param name="Rid">The client's restriction id.</param>
/// <param name="Ssrc">The client's SSRC.</param>
/// <param name="MappedSsrc">The router's SSRC.</param>
public sealed record EncodingMapping(string? Rid, uint? Ssrc, uint MappedSsrc);
