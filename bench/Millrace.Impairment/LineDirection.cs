using System.Net;
using System.Net.Sockets;

namespace Millrace.Impairment;

/// <summary>One direction of a relay: what is taken is lost by a seed, or delivered when the line has had time for it.</summary>
internal sealed class LineDirection(Func<LineQuality> quality, int seed) : IDisposable
{
    private readonly PriorityQueue<Delivery, (DateTimeOffset Due, long Number)> _waiting = new();
    private readonly SemaphoreSlim _earlier = new(0);
    private readonly Lock _lock = new();
    private ulong _chance = unchecked((ulong)seed * 0x9E3779B97F4A7C15);
    private DateTimeOffset _busyUntil;
    private long _taken;
    private long _lost;

    public long Taken => Interlocked.Read(ref _taken);

    public long Lost => Interlocked.Read(ref _lost);

    public void Take(byte[] datagram, Socket by, EndPoint to)
    {
        LineQuality line = quality();
        lock (_lock)
        {
            long number = Interlocked.Increment(ref _taken);
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            DateTimeOffset through = now;
            if (line.BitsPerSecond is { } rate)
            {
                through = (_busyUntil > now ? _busyUntil : now) + TimeSpan.FromSeconds(datagram.Length * 8.0 / rate);
            }
            if (Chance() < line.Loss || through - now > LineQuality.QueueAtMost)
            {
                Interlocked.Increment(ref _lost);
                return;
            }
            _busyUntil = through;
            TimeSpan jitter = line.Jitter > TimeSpan.Zero ? line.Jitter * Chance() : TimeSpan.Zero;
            DateTimeOffset due = through + line.Delay + jitter;
            bool first = !_waiting.TryPeek(out _, out (DateTimeOffset Due, long Number) next) || due < next.Due;
            _waiting.Enqueue(new Delivery(datagram, by, to), (due, number));
            if (first)
            {
                _earlier.Release();
            }
        }
    }

    public async Task DeliverAsync(CancellationToken end)
    {
        try
        {
            while (true)
            {
                if (TakeDue(out TimeSpan wait) is { } due)
                {
                    await due.By.SendToAsync(due.Datagram, due.To, end).ConfigureAwait(false);
                }
                else
                {
                    await _earlier.WaitAsync(wait, end).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The line has come to its end.
        }
    }

    public void Dispose() => _earlier.Dispose();

    // SplitMix64, of which the upper 53 bits make a number below 1: the same on every machine.
    private double Chance()
    {
        unchecked
        {
            _chance += 0x9E3779B97F4A7C15;
            ulong mixed = (_chance ^ (_chance >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }

    private Delivery? TakeDue(out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = Timeout.InfiniteTimeSpan;
            if (!_waiting.TryPeek(out _, out (DateTimeOffset Due, long Number) next))
            {
                return null;
            }
            TimeSpan left = next.Due - TimeProvider.System.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return _waiting.Dequeue();
            }
            // Whole milliseconds: a shorter wait would spin.
            wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            return null;
        }
    }

    private sealed record Delivery(byte[] Datagram, Socket By, EndPoint To);
}
