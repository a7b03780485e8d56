using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Millrace.Impairment;

/// <summary>
/// A relay in front of one UDP port of a worker. Each of the client's sockets gets a socket of its own towards the worker, so that
/// several clients, or several transports of one, stay apart. Owns its two directions.
/// </summary>
internal sealed class LineRelay : IAsyncDisposable
{
    private readonly Socket _front;
    private readonly ConcurrentDictionary<EndPoint, Socket> _backs = new();
    private readonly ConcurrentBag<Task> _work = [];
    private readonly CancellationTokenSource _end = new();
    private readonly IPEndPoint _worker;
    private readonly LineDirection _toClient;
    private readonly LineDirection _toWorker;

    /// <param name="listen">Where clients send to; port 0 is any that is free.</param>
    public LineRelay(IPEndPoint worker, LineDirection toClient, LineDirection toWorker, IPEndPoint? listen = null)
    {
        _worker = worker;
        _toClient = toClient;
        _toWorker = toWorker;
        _front = Open(listen ?? new IPEndPoint(IPAddress.Loopback, 0));
        _work.Add(CarryAsync(_front, FromClient));
        _work.Add(_toClient.DeliverAsync(_end.Token));
        _work.Add(_toWorker.DeliverAsync(_end.Token));
    }

    public int Port => ((IPEndPoint)_front.LocalEndPoint!).Port;

    public long Lost => _toClient.Lost + _toWorker.Lost;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_work).ConfigureAwait(false);
        _toClient.Dispose();
        _toWorker.Dispose();
        _front.Dispose();
        foreach (Socket back in _backs.Values)
        {
            back.Dispose();
        }
        _end.Dispose();
    }

    private static Socket Open(IPEndPoint at)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Bind(at);
        return socket;
    }

    private void FromClient(EndPoint client, byte[] datagram)
    {
        Socket back = _backs.GetOrAdd(client, _ =>
        {
            Socket made = Open(new IPEndPoint(IPAddress.Any, 0));
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
                SocketReceiveFromResult received = await from
                    .ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _end.Token)
                    .ConfigureAwait(false);
                take(received.RemoteEndPoint, buffer[..received.ReceivedBytes]);
            }
        }
        catch (OperationCanceledException)
        {
            // The line has come to its end.
        }
    }
}
