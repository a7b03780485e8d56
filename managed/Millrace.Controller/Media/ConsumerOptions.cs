using Millrace.Controller.Rtp;

namespace Millrace.Controller;

/// <summary>What a client is to receive.</summary>
public sealed record ConsumerOptions
{
    /// <summary>The source; it belongs to the same router.</summary>
    public required Producer Producer { get; init; }

    /// <summary>What the client can receive; needed everywhere but on a <see cref="PipeTransport"/>.</summary>
    public RtpCapabilities? RtpCapabilities { get; init; }

    /// <summary>Whether it starts paused; a client that is still to make its receiver should.</summary>
    public bool Paused { get; init; }

    /// <summary>The MID it is sent with; null takes the transport's next number.</summary>
    public string? Mid { get; init; }

    /// <summary>The layers to aim at; null means the best.</summary>
    public ConsumerLayers? PreferredLayers { get; init; }

    /// <summary>Whether lost packets are sent again; null means for video only.</summary>
    public bool? EnableRtx { get; init; }

    /// <summary>Whether Opus packets of silence are left out.</summary>
    public bool IgnoreDtx { get; init; }

    /// <summary>
    /// Whether all streams of the producer are passed on as they are, for another router or a recorder that chooses
    /// itself; always so on a <see cref="PipeTransport"/>.
    /// </summary>
    public bool Pipe { get; init; }

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }

    /// <summary>Called with the new consumer before any of its events can happen; must not block.</summary>
    public Action<Consumer>? Created { get; init; }
}
