using System.Net;
using System.Net.Sockets;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>Stands between a page and the server and carries TCP bytes, until a test cuts the line.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private readonly List<Socket> _connections = [];
    private readonly List<Task> _work = [];
    private bool _refusing;
    private bool _stopped;
    private long _carried;

    private Relay(Uri target)
    {
        _target = target;
        _listener.Start();
        _work.Add(AcceptAsync());
    }

    /// <summary>Where a page reaches the server through this relay.</summary>
    public Uri Address => new UriBuilder(_target) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;

    /// <summary>Bytes that pages have sent since the last cut.</summary>
    public long Carried => Interlocked.Read(ref _carried);

    public static Relay To(Uri target) => new(target);

    /// <summary>New connections end at once from now on, as they would with the server away.</summary>
    public void Refuse() => Volatile.Write(ref _refusing, true);

    /// <summary>New connections are carried again.</summary>
    public void Accept() => Volatile.Write(ref _refusing, false);

    /// <summary>Breaks all connections off, without a word to either side.</summary>
    public void Cut()
    {
        lock (_connections)
        {
            // A timeout of 0 resets; one that has ended already stays so.
            _connections.ForEach(connection => connection.Close(timeout: 0));
            _connections.Clear();
        }
        Interlocked.Exchange(ref _carried, 0);
    }

    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        _listener.Stop();
        Cut();
        Task[] work;
        lock (_connections)
        {
            work = [.. _work];
        }
        await Task.WhenAll(work).Within();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopped)
        {
            try
            {
                TcpClient page = await _listener.AcceptTcpClientAsync();
                Task carrying = CarryAsync(page);
                lock (_connections)
                {
                    _work.Add(carrying);
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(TcpClient page)
    {
        if (Volatile.Read(ref _refusing))
        {
            page.Close();
            return;
        }
        TcpClient server = new();
        lock (_connections)
        {
            _connections.AddRange([page.Client, server.Client]);
        }
        try
        {
            await server.ConnectAsync(_target.Host, _target.Port);
            await Task.WhenAll(CopyAsync(page, server, counted: true), CopyAsync(server, page, counted: false));
        }
        catch (Exception exception) when (exception is SocketException or IOException or InvalidOperationException)
        {
            // One side is gone, or the line was cut: the other one follows.
            page.Close();
            server.Close();
        }
    }

    // Where one direction ends, the connection does.
    private async Task CopyAsync(TcpClient from, TcpClient to, bool counted)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int size;
            while ((size = await from.GetStream().ReadAsync(buffer)) > 0)
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, size));
                Interlocked.Add(ref _carried, counted ? size : 0);
            }
        }
        finally
        {
            from.Close();
            to.Close();
        }
    }
}
