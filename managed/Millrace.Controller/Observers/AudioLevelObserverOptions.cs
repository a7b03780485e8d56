namespace Millrace.Controller;

/// <summary>How loudness is watched.</summary>
public sealed record AudioLevelObserverOptions
{
    /// <summary>How many producers are told at once, the loudest.</summary>
    public int MaxEntries { get; init; } = 1;

    /// <summary>The average, in dBov (-127 to 0), from which a producer counts as heard.</summary>
    public int Threshold { get; init; } = -80;

    /// <summary>Milliseconds over which levels are averaged (250 to 5,000).</summary>
    public int Interval { get; init; } = 1000;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }

    /// <summary>Called with the new observer before any of its events can happen; must not block.</summary>
    public Action<AudioLevelObserver>? Created { get; init; }
}
