namespace Millrace.Controller.Pipes;

/// <summary>
/// Keeps one end of a pipe paused whenever its source is. Both ends speak on reading loops of their own; whichever asks
/// while the other is at it leaves the work to it, so that the latest state is the last one that is set.
/// </summary>
internal sealed class PauseFollower(Func<bool> isSourcePaused, Action<bool> setPaused)
{
    private int _asked;

    public void Update()
    {
        if (Interlocked.Increment(ref _asked) != 1)
        {
            return;
        }
        int seen = 1;
        do
        {
            setPaused(isSourcePaused());
            seen = Interlocked.Add(ref _asked, -seen);
        }
        while (seen != 0);
    }
}
