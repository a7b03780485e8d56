namespace Millrace.Controller;

/// <summary>
/// How long to wait before a worker is started once more: not at all the first time, then ever longer, until one of them has
/// lived for a while.
/// </summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GoodLife = TimeSpan.FromSeconds(10);

    private TimeSpan _next = TimeSpan.Zero;

    /// <summary>The wait before this start.</summary>
    public TimeSpan Next()
    {
        TimeSpan wait = _next;
        _next = wait == TimeSpan.Zero ? First : TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, Most.Ticks));
        return wait;
    }

    /// <summary>A worker has ended after so long.</summary>
    public void Lived(TimeSpan time)
    {
        if (time >= GoodLife)
        {
            _next = TimeSpan.Zero;
        }
    }
}
