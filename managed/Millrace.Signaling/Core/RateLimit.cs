namespace Millrace.Signaling.Core;

/// <summary>A token bucket: so many a second over time, and a burst after a pause.</summary>
internal sealed class RateLimit
{
    private readonly double _perSecond;
    private readonly double _burst;
    private readonly TimeProvider _time;
    private double _tokens;
    private long _filled;

    public RateLimit(double perSecond, double burst, TimeProvider time)
    {
        _perSecond = perSecond;
        _burst = burst;
        _time = time;
        _tokens = burst;
        _filled = time.GetTimestamp();
    }

    /// <summary>Takes one token; false when there is none.</summary>
    public bool TryTake()
    {
        long now = _time.GetTimestamp();
        _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_filled, now).TotalSeconds * _perSecond));
        _filled = now;
        if (_tokens < 1)
        {
            return false;
        }
        --_tokens;
        return true;
    }
}
