namespace Millrace.Controller;

/// <summary>Which messages a client is to receive, and how.</summary>
public sealed record DataConsumerOptions
{
    /// <summary>The source; it belongs to the same router.</summary>
    public required DataProducer DataProducer { get; init; }

    /// <summary>Whether messages arrive in their order; null takes it from the source.</summary>
    public bool? Ordered { get; init; }

    /// <summary>Milliseconds after which a message is no longer sent again; null takes it from the source.</summary>
    public int? MaxPacketLifeTime { get; init; }

    /// <summary>How often a message is sent again at most; null takes it from the source.</summary>
    public int? MaxRetransmits { get; init; }

    /// <summary>Whether it starts paused.</summary>
    public bool Paused { get; init; }

    /// <summary>The subchannels it subscribes to, 0 to 65,535; none means that no choice is made by subchannel.</summary>
    public IReadOnlyList<int> Subchannels { get; init; } = [];

    /// <summary>
    /// Whether it closes, with <see cref="CloseReason.SendBufferFull"/>, as soon as a message is lost because its peer does not
    /// keep up; otherwise it goes on with gaps, even where its stream is reliable.
    /// </summary>
    public bool CloseWhenFull { get; init; }

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }

    /// <summary>Called with the new data consumer before any of its events can happen; must not block.</summary>
    public Action<DataConsumer>? Created { get; init; }
}
