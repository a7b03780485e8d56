namespace Millrace.Signaling.Core;

/// <summary>What one WebSocket connection may use. Every limit has an end of its own, named in <see cref="WebSocketConnection"/>.</summary>
public sealed record ConnectionLimits
{
    /// <summary>The longest message a client may send, in bytes; an SDP fits.</summary>
    public int MessageBytes { get; init; } = 256 * 1024;

    /// <summary>The most frames one message may come in.</summary>
    public int MessageFragments { get; init; } = 1024;

    /// <summary>Bytes that may wait to be sent to a client that does not read.</summary>
    public int SendQueueBytes { get; init; } = 256 * 1024;

    /// <summary>Messages that may wait to be sent to a client that does not read.</summary>
    public int SendQueueMessages { get; init; } = 256;

    /// <summary>How long one message may take to be sent.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages a second that a client may send over time; answers to the server's own requests do not count.</summary>
    public int MessagesPerSecond { get; init; } = 50;

    /// <summary>Messages that a client may send at once after a pause.</summary>
    public int MessageBurst { get; init; } = 100;

    /// <summary>Malformed or surplus messages within a minute after which the connection is closed.</summary>
    public int OffencesPerMinute { get; init; } = 20;

    /// <summary>How long a connection may stay without logging in.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
