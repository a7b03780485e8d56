using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Millrace.Controller;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>How one direction of a line treats datagrams.</summary>
/// <param name="Loss">The share that is lost, 0 to 1.</param>
/// <param name="BitsPerSecond">What it carries; null is everything.</param>
internal sealed record LineQuality(double Loss = 0, long? BitsPerSecond = null)
{
    /// <summary>What waits longer than this for a narrow line is lost, as in a router's queue.</summary>
    public static readonly TimeSpan QueueAtMost = TimeSpan.FromMilliseconds(300);

    public static LineQuality Good { get; } = new();
}

/// <summary>
/// The line between one client and the workers: a relay for each candidate, which loses datagrams by a seed and lets no more
/// through than the line is wide. Both directions can be changed while datagrams flow.
/// </summary>
internal sealed class Line(int seed) : IAsyncDisposable
{
    private readonly List<Relay> _relays = [];
    private volatile LineQuality _toClient = LineQuality.Good;
    private volatile LineQuality _toWorker = LineQuality.Good;

    public LineQuality ToClient { get => _toClient; set => _toClient = value; }

    public LineQuality ToWorker { get => _toWorker; set => _toWorker = value; }

    /// <summary>Datagrams lost so far.</summary>
    public long Lost => _relays.Sum(relay => relay.Lost);

    /// <summary>The candidate as the client is to see it: this line's own end.</summary>
    public IceCandidate Route(IceCandidate candidate)
    {
        Relay relay = new(
            new IPEndPoint(IPAddress.Parse(candidate.Address), candidate.Port),
            new Direction(() => ToClient, seed + (2 * _relays.Count)),
            new Direction(() => ToWorker, seed + (2 * _relays.Count) + 1));
        _relays.Add(relay);
        return candidate with { Port = relay.Port };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Relay relay in _relays)
        {
            await relay.DisposeAsync();
        }
    }

    /// <summary>One candidate's relay. Each of the client's sockets gets a socket of its own towards the worker.</summary>
    private sealed class Relay : IAsyncDisposable
    {
        private readonly Socket _front = Open();
        private readonly ConcurrentDictionary<EndPoint, Socket> _backs = new();
        private readonly ConcurrentBag<Task> _work = [];
        private readonly CancellationTokenSource _end = new();
        private readonly IPEndPoint _worker;
        private readonly Direction _toClient;
        private readonly Direction _toWorker;

        public Relay(IPEndPoint worker, Direction toClient, Direction toWorker)
        {
            _worker = worker;
            _toClient = toClient;
            _toWorker = toWorker;
            _work.Add(CarryAsync(_front, FromClient));
            _work.Add(_toClient.DeliverAsync(_end.Token));
            _work.Add(_toWorker.DeliverAsync(_end.Token));
        }

        public int Port => ((IPEndPoint)_front.LocalEndPoint!).Port;

        public long Lost => _toClient.Lost + _toWorker.Lost;

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await Task.WhenAll(_work);
            _front.Dispose();
            foreach (Socket back in _backs.Values)
            {
                back.Dispose();
            }
            _end.Dispose();
        }

        private static Socket Open()
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return socket;
        }

        private void FromClient(EndPoint client, byte[] datagram)
        {
            Socket back = _backs.GetOrAdd(client, _ =>
            {
                Socket made = Open();
                _work.Add(CarryAsync(made, (_, answer) => _toClient.Take(answer, _front, client)));
                return made;
            });
            _toWorker.Take(datagram, back, _worker);
        }

        private async Task CarryAsync(Socket from, Action<EndPoint, byte[]> take)
        {
            byte[] buffer = new byte[65536];
            try
            {
                while (true)
                {
                    SocketReceiveFromResult received =
                        await from.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _end.Token);
                    take(received.RemoteEndPoint, buffer[..received.ReceivedBytes]);
                }
            }
            catch (OperationCanceledException)
            {
                // The line has come to its end.
            }
        }
    }

    /// <summary>One direction of a relay: what is taken is lost, or delivered when the line has had time for it.</summary>
    private sealed class Direction(Func<LineQuality> quality, int seed)
    {
        private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();
        private readonly Random _random = new(seed);
        private readonly Lock _lock = new();
        private DateTimeOffset _busyUntil;
        private long _lost;

        public long Lost => Interlocked.Read(ref _lost);

        public void Take(byte[] datagram, Socket by, EndPoint to)
        {
            LineQuality now = quality();
            lock (_lock)
            {
                DateTimeOffset due = TimeProvider.System.GetUtcNow();
                if (now.BitsPerSecond is { } rate)
                {
                    due = (_busyUntil > due ? _busyUntil : due) + TimeSpan.FromSeconds(datagram.Length * 8.0 / rate);
                }
                if (_random.NextDouble() < now.Loss || due - TimeProvider.System.GetUtcNow() > LineQuality.QueueAtMost)
                {
                    Interlocked.Increment(ref _lost);
                    return;
                }
                _busyUntil = due;
                _deliveries.Writer.TryWrite(new Delivery(due, datagram, by, to));
            }
        }

        public async Task DeliverAsync(CancellationToken end)
        {
            try
            {
                await foreach (Delivery delivery in _deliveries.Reader.ReadAllAsync(end))
                {
                    TimeSpan wait = delivery.Due - TimeProvider.System.GetUtcNow();
                    if (wait > TimeSpan.Zero)
                    {
                        await Task.Delay(wait, TimeProvider.System, end);
                    }
                    await delivery.By.SendToAsync(delivery.Datagram, delivery.To, end);
                }
            }
            catch (OperationCanceledException)
            {
                // The line has come to its end.
            }
        }
    }

    private sealed record Delivery(DateTimeOffset Due, byte[] Datagram, Socket By, EndPoint To);
}
