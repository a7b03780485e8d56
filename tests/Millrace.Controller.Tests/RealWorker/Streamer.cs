namespace Millrace.Controller.Tests.RealWorker;

/// <summary>Sends a packet every 20 ms, as a microphone would, until it is disposed of.</summary>
internal sealed class Streamer : IDisposable
{
    private readonly Timer _timer;
    private int _sequence;

    public Streamer(Action<int> send) => _timer = new Timer(
        _ => send(Interlocked.Increment(ref _sequence)), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));

    /// <summary>Nothing is sent any more when this returns.</summary>
    public void Dispose()
    {
        using ManualResetEvent ended = new(false);
        if (_timer.Dispose(ended))
        {
            ended.WaitOne();
        }
        _timer.Dispose();
    }
}
