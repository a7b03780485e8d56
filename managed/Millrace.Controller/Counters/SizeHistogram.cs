namespace Millrace.Controller;

/// <summary>How often which sizes came, by powers of two.</summary>
public sealed record SizeHistogram
{
    /// <summary>
    /// Bucket <c>i</c> counts sizes up to 2^i that are over 2^(i-1), each bucket alone; the last one counts everything
    /// beyond.
    /// </summary>
    public IReadOnlyList<ulong> Buckets { get; init; } = [];

    /// <summary>All sizes together.</summary>
    public ulong Sum { get; init; }

    /// <summary>How many sizes there were.</summary>
    public ulong Count => Buckets.Aggregate(0UL, static (all, bucket) => all + bucket);
}
