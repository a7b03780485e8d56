using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Millrace.Signaling.Core;

/// <summary>
/// One client's WebSocket: whole text messages in, one queue of messages out. It keeps the order of what is sent, never
/// lets a slow client hold up the sender, and bounds everything that a client can make it keep.
/// </summary>
/// <remarks>
/// It closes with the codes of RFC 6455 section 7.4.1: 1003 for a binary message, 1008 for too many fragments or
/// messages, 1009 for a message over the limit, 1013 (by the registry) for a client that does not read.
/// </remarks>
public sealed class WebSocketConnection : IDisposable
{
    // RFC 6455's registry: "Try again later".
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;
    private const int FirstBufferBytes = 4096;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly ConnectionLimits _limits;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<Outbound> _outbound = Channel.CreateUnbounded<Outbound>(
        new UnboundedChannelOptions { SingleReader = true });
    private int _queuedBytes;
    private int _queuedMessages;
    private readonly TaskCompletionSource _readingEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closing;
    private volatile bool _cut;

    /// <summary>Takes over an accepted socket.</summary>
    public WebSocketConnection(WebSocket socket, IPAddress remoteAddress, ConnectionLimits limits, TimeProvider time)
    {
        _socket = socket;
        RemoteAddress = remoteAddress;
        _limits = limits;
        _time = time;
    }

    /// <summary>Where the client is.</summary>
    public IPAddress RemoteAddress { get; }

    /// <summary>
    /// Reads until the connection ends, whichever side ends it. Messages are handed over one at a time; the bytes are
    /// valid until the returned task ends.
    /// </summary>
    public async Task RunAsync(Func<ReadOnlyMemory<byte>, Task> receive, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration stop = cancellationToken.Register(
            () => Close(WebSocketCloseStatus.EndpointUnavailable, "the server stops"));
        Task sending = SendAsync();
        SignalMetrics.Accepted.Add(1);
        SignalMetrics.Connections.Add(1);
        try
        {
            await ReadAsync(receive).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The peer vanished, broke the framing, or was cut; all of them are the end of this connection.
        }
        finally
        {
            _readingEnded.TrySetResult();
        }
        Close(WebSocketCloseStatus.NormalClosure, string.Empty);
        await sending.ConfigureAwait(false);
        SignalMetrics.Connections.Add(-1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _ended.Dispose();
    }

    /// <summary>Queues a message. A client that does not take its messages is cut.</summary>
    public void Send(ReadOnlyMemory<byte> message)
    {
        if (Volatile.Read(ref _closing) != 0)
        {
            return;
        }
        int bytes = Interlocked.Add(ref _queuedBytes, message.Length);
        int messages = Interlocked.Increment(ref _queuedMessages);
        // One message alone may be longer than the queue.
        if (messages > _limits.SendQueueMessages || (messages > 1 && bytes > _limits.SendQueueBytes))
        {
            _cut = true;
            Close(TryAgainLater, "too slow");
            return;
        }
        SignalMetrics.Messages.Add(1, SignalMetrics.Sent);
        _outbound.Writer.TryWrite(new Outbound(message));
    }

    /// <summary>Sends what is queued, then closes. Does nothing when the connection closes already.</summary>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            SignalMetrics.Closed.Add(1, new KeyValuePair<string, object?>("status", (int)status));
            _outbound.Writer.TryWrite(new Outbound(status, reason));
            _outbound.Writer.TryComplete();
        }
    }

    private async Task ReadAsync(Func<ReadOnlyMemory<byte>, Task> receive)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            int used = 0;
            int fragments = 0;
            while (true)
            {
                ValueWebSocketReceiveResult result =
                    await _socket.ReceiveAsync(buffer.AsMemory(used), _ended.Token).ConfigureAwait(false);
                used += result.Count;
                if (!Accept(result, used, ++fragments))
                {
                    return;
                }
                if (result.EndOfMessage)
                {
                    // Once we close, nothing that still arrives is heard.
                    if (Volatile.Read(ref _closing) == 0)
                    {
                        SignalMetrics.Messages.Add(1, SignalMetrics.Received);
                        await receive(buffer.AsMemory(0, used)).ConfigureAwait(false);
                    }
                    used = 0;
                    fragments = 0;
                }
                else if (used == buffer.Length)
                {
                    buffer = Grow(buffer);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool Accept(ValueWebSocketReceiveResult result, int used, int fragments)
    {
        if (result.MessageType == WebSocketMessageType.Close)
        {
            return false;
        }
        if (result.MessageType == WebSocketMessageType.Binary)
        {
            Close(WebSocketCloseStatus.InvalidMessageType, "text only");
            return false;
        }
        if (used > _limits.MessageBytes)
        {
            Close(WebSocketCloseStatus.MessageTooBig, "message too long");
            return false;
        }
        if (fragments > _limits.MessageFragments)
        {
            Close(WebSocketCloseStatus.PolicyViolation, "too many fragments");
            return false;
        }
        return true;
    }

    // Never past the limit plus the one byte that shows a message to be over it.
    private byte[] Grow(byte[] buffer)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 2, _limits.MessageBytes + 1));
        buffer.AsSpan().CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (Outbound next in _outbound.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                if (next.Status is { } status)
                {
                    await CloseOutputAsync(status, next.Reason).ConfigureAwait(false);
                    break;
                }
                if (_cut)
                {
                    continue;
                }
                using CancellationTokenSource timeout = new(_limits.SendTimeout, _time);
                await _socket.SendAsync(next.Message, WebSocketMessageType.Text, endOfMessage: true, timeout.Token)
                    .ConfigureAwait(false);
                Interlocked.Add(ref _queuedBytes, -next.Message.Length);
                Interlocked.Decrement(ref _queuedMessages);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // Nobody is there to read it.
        }
        Interlocked.Exchange(ref _closing, 1);
        await _ended.CancelAsync().ConfigureAwait(false);
    }

    // Says why, and gives the peer a moment to read it and to close its side.
    private async Task CloseOutputAsync(WebSocketCloseStatus status, string? reason)
    {
        using CancellationTokenSource timeout = new(CloseTimeout, _time);
        await _socket.CloseOutputAsync(status, reason, timeout.Token).ConfigureAwait(false);
        await Task.WhenAny(_readingEnded.Task, Task.Delay(CloseTimeout, _time, timeout.Token)).ConfigureAwait(false);
    }

    private readonly record struct Outbound(
        ReadOnlyMemory<byte> Message, WebSocketCloseStatus? Status = null, string? Reason = null)
    {
        public Outbound(WebSocketCloseStatus status, string reason)
            : this(default, status, reason)
        {
        }
    }
}
