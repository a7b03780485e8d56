namespace Millrace.Rooms;

/// <summary>
/// Lets through what is told about an object at most once in an interval. What comes too early is kept, the newest only, and
/// told when the interval is over: the last word always arrives.
/// </summary>
/// <remarks>Used within turns of one room; <paramref name="post"/> makes a turn of the timer's end.</remarks>
internal sealed class Throttle(TimeProvider time, TimeSpan interval, Action<Action> post)
{
    private readonly Dictionary<string, Told> _told = [];

    /// <summary>Tells now or later.</summary>
    /// <param name="key">What it is about.</param>
    /// <param name="tell">Tells it.</param>
    public void Tell(string key, Action tell)
    {
        if (!_told.TryGetValue(key, out Told? told))
        {
            _told.Add(key, told = new Told());
        }
        else if (time.GetElapsedTime(told.At) is var elapsed && elapsed < interval)
        {
            told.Held = tell;
            told.Timer ??= time.CreateTimer(_ => post(() => Release(key, told)), null, interval - elapsed, Timeout.InfiniteTimeSpan);
            return;
        }
        told.At = time.GetTimestamp();
        tell();
    }

    /// <summary>The object is gone; nothing is told about it any more.</summary>
    public void Forget(string key)
    {
        if (_told.Remove(key, out Told? told))
        {
            told.Timer?.Dispose();
        }
    }

    /// <summary>All objects are gone.</summary>
    public void Clear()
    {
        foreach (Told told in _told.Values)
        {
            told.Timer?.Dispose();
        }
        _told.Clear();
    }

    private void Release(string key, Told told)
    {
        if (_told.GetValueOrDefault(key) != told)
        {
            return;
        }
        told.Timer?.Dispose();
        told.Timer = null;
        told.At = time.GetTimestamp();
        told.Held?.Invoke();
        told.Held = null;
    }

    private sealed class Told
    {
        public long At { get; set; }

        public Action? Held { get; set; }

        public ITimer? Timer { get; set; }
    }
}
