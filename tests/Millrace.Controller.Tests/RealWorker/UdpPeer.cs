using System.Net;
using System.Net.Sockets;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>A peer with a UDP socket on this machine.</summary>
internal sealed class UdpPeer : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    public void Send(int port, byte[] datagram) =>
        _socket.Send(datagram, datagram.Length, new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>The next datagram of the wanted kind; the test's own deadline ends the wait.</summary>
    public async Task<byte[]> ReceiveAsync(Predicate<byte[]> wanted)
    {
        while (true)
        {
            UdpReceiveResult received = await _socket.ReceiveAsync(TestContext.CurrentContext.CancellationToken);
            if (wanted(received.Buffer))
            {
                return received.Buffer;
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
