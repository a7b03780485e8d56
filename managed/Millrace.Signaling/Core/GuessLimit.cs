using System.Collections.Concurrent;

namespace Millrace.Signaling.Core;

/// <summary>Counts wrong guesses of a secret and locks whoever makes too many, until a while after the first of them.</summary>
internal sealed class GuessLimit(int most, TimeSpan window, TimeProvider time)
{
    // Beyond this many guessers the oldest memories are given up, all at once: memory stays bounded.
    private const int GuessersRemembered = 10_000;

    private readonly ConcurrentDictionary<string, Guesses> _guesses = new();

    /// <summary>Whether this guesser may not guess now.</summary>
    public bool IsLocked(string guesser) =>
        _guesses.TryGetValue(guesser, out Guesses? guesses)
        && guesses.Count >= most
        && time.GetElapsedTime(guesses.Since) < window;

    /// <summary>A guess was wrong.</summary>
    public void Remember(string guesser)
    {
        if (_guesses.Count >= GuessersRemembered)
        {
            _guesses.Clear();
        }
        _guesses.AddOrUpdate(
            guesser,
            _ => new Guesses(time.GetTimestamp(), 1),
            (_, known) => time.GetElapsedTime(known.Since) < window
                ? known with { Count = known.Count + 1 }
                : new Guesses(time.GetTimestamp(), 1));
    }

    private sealed record Guesses(long Since, int Count);
}
