using Millrace.Controller.Rtp;

namespace Millrace.Controller;

/// <summary>What a client sends.</summary>
public sealed record ProducerOptions
{
    /// <summary>Audio or video.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>How it is sent; checked before the worker sees it.</summary>
    public required RtpParameters RtpParameters { get; init; }

    /// <summary>Whether it starts paused.</summary>
    public bool Paused { get; init; }

    /// <summary>Milliseconds for which a second request for a key frame is held back; 0 leaves it to the worker.</summary>
    public int KeyFrameRequestDelay { get; init; }

    /// <summary>
    /// Whether the worker numbers the packets it takes in and hands the number on in a header extension
    /// (<see cref="RtpHeaderExtensionUri.PacketId"/>).
    /// </summary>
    public bool EnablePacketId { get; init; }

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }

    /// <summary>Called with the new producer before any of its events can happen; must not block.</summary>
    public Action<Producer>? Created { get; init; }
}
