namespace Millrace.Controller;

/// <summary>How speakers are watched.</summary>
public sealed record ActiveSpeakerObserverOptions
{
    /// <summary>Milliseconds between two decisions (100 to 5,000).</summary>
    public int Interval { get; init; } = 300;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }

    /// <summary>Called with the new observer before any of its events can happen; must not block.</summary>
    public Action<ActiveSpeakerObserver>? Created { get; init; }
}
