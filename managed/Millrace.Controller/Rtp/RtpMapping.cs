namespace Millrace.Controller.Rtp;

/// <summary>How a worker renumbers a producer's packets: what the client chose, and what the router uses.</summary>
/// <param name="Codecs">Payload types.</param>
/// <param name="Encodings">Streams.</param>
public sealed record RtpMapping(IReadOnlyList<CodecMapping> Codecs, IReadOnlyList<EncodingMapping> Encodings);
