namespace Millrace.Controller.Channel;

/// <summary>
/// The requests that wait, by id and in order of their deadlines, and the one timer that ends them. A request leaves
/// the table exactly once: answered, timed out, given up or failed with the worker.
/// </summary>
internal sealed class PendingTable : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, PendingRequest> _byId = [];
    private readonly Queue<PendingRequest> _byDeadline = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly ITimer _timer;
    private WorkerDied? _died;
    private uint _lastId;
    private bool _armed;
    private long _timedOut;

    public PendingTable(TimeProvider time, TimeSpan timeout)
    {
        _time = time;
        _timeout = timeout;
        _timer = time.CreateTimer(
            static table => ((PendingTable)table!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public long TimedOut => Interlocked.Read(ref _timedOut);

    /// <summary>Gives the request its id and deadline.</summary>
    public void Add(PendingRequest pending)
    {
        lock (_gate)
        {
            if (_died is not null)
            {
                throw new WorkerDiedException(_died);
            }
            if (_byId.Count >= WorkerLimits.MaxPendingRequests)
            {
                throw new WorkerBusyException($"{_byId.Count} requests wait for the worker already.");
            }
            do
            {
                pending.Id = ++_lastId;
            }
            while (!_byId.TryAdd(pending.Id, pending));
            pending.Deadline = _time.GetTimestamp() + (long)(_timeout.TotalSeconds * _time.TimestampFrequency);
            Trim();
            _byDeadline.Enqueue(pending);
            if (!_armed)
            {
                _armed = true;
                _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Takes the request an answer is for; null if nobody waits for it.</summary>
    public PendingRequest? Take(uint id)
    {
        lock (_gate)
        {
            if (!_byId.Remove(id, out PendingRequest? pending))
            {
                return null;
            }
            pending.IsDone = true;
            Trim();
            return pending;
        }
    }

    /// <summary>Fails everything that waits, and everything that will be asked.</summary>
    public void Close(WorkerDied died)
    {
        PendingRequest[] waiting;
        lock (_gate)
        {
            _died ??= died;
            waiting = [.. _byId.Values];
            _byId.Clear();
            _byDeadline.Clear();
        }
        WorkerDiedException exception = new(died);
        foreach (PendingRequest pending in waiting)
        {
            pending.Fail(exception);
        }
    }

    public void Dispose() => _timer.Dispose();

    // Answers come in order, so that those done stand in front.
    private void Trim()
    {
        while (_byDeadline.TryPeek(out PendingRequest? first) && first.IsDone)
        {
            _byDeadline.Dequeue();
        }
    }

    private void Expire()
    {
        List<PendingRequest> late = [];
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            Trim();
            while (_byDeadline.TryPeek(out PendingRequest? first) && first.Deadline <= now)
            {
                _byDeadline.Dequeue();
                if (!first.IsDone && _byId.Remove(first.Id))
                {
                    first.IsDone = true;
                    late.Add(first);
                }
            }
            Trim();
            _armed = _byDeadline.TryPeek(out PendingRequest? next);
            if (_armed)
            {
                // One millisecond more: a timer that fires early must not spin.
                TimeSpan wait = _time.GetElapsedTime(now, next!.Deadline) + TimeSpan.FromMilliseconds(1);
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
            }
        }
        Interlocked.Add(ref _timedOut, late.Count);
        foreach (PendingRequest pending in late)
        {
            pending.Fail(new TimeoutException($"The worker did not answer {pending.Method} within {_timeout.TotalSeconds} s."));
        }
    }
}
