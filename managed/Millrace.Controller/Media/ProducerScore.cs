namespace Millrace.Controller;

/// <summary>How well one stream of a producer arrives.</summary>
/// <param name="EncodingIdx">Its place among the producer's encodings.</param>
/// <param name="Ssrc">Its SSRC.</param>
/// <param name="Rid">Its restriction id.</param>
/// <param name="Score">0 to 10.</param>
public sealed record ProducerScore(int EncodingIdx, uint Ssrc, string? Rid, int Score);
