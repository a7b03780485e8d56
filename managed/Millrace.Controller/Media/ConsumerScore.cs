namespace Millrace.Controller;

/// <summary>How well a stream arrives, 0 to 10.</summary>
/// <param name="Score">At the consumer.</param>
/// <param name="ProducerScore">At the worker, for the stream that is consumed now.</param>
/// <param name="ProducerScores">At the worker, for every stream of the producer.</param>
public sealed record ConsumerScore(int Score, int ProducerScore, IReadOnlyList<int> ProducerScores);
