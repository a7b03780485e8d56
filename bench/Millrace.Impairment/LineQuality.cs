namespace Millrace.Impairment;

/// <summary>How one direction of a line treats datagrams.</summary>
/// <param name="Loss">The share that is lost, 0 to 1.</param>
/// <param name="BitsPerSecond">What it carries; null is everything.</param>
/// <param name="Delay">How long it takes.</param>
/// <param name="Jitter">How much longer some take, by chance; what differs by less than this may change its order.</param>
internal sealed record LineQuality(double Loss = 0, long? BitsPerSecond = null, TimeSpan Delay = default, TimeSpan Jitter = default)
{
    /// <summary>What waits longer than this for a narrow line is lost, as in a router's queue.</summary>
    public static readonly TimeSpan QueueAtMost = TimeSpan.FromMilliseconds(300);

    public static LineQuality Good { get; } = new();

    /// <summary>Half of a round trip in each direction, and the same loss in both.</summary>
    public static LineQuality Of(double loss, int roundTripMs) => new(loss, Delay: TimeSpan.FromMilliseconds(roundTripMs / 2.0));
}
