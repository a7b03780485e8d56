namespace Millrace.Controller;

/// <summary>What a client sends over a data channel, or the host over a direct transport.</summary>
public sealed record DataProducerOptions
{
    /// <summary>The stream it comes on; a direct transport has none, every other needs it.</summary>
    public SctpStreamParameters? SctpStreamParameters { get; init; }

    /// <summary>A name for the host's and the clients' own use.</summary>
    public string Label { get; init; } = "";

    /// <summary>The name of a subprotocol, likewise.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Whether it starts paused.</summary>
    public bool Paused { get; init; }

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }

    /// <summary>Called with the new data producer before any of its events can happen; must not block.</summary>
    public Action<DataProducer>? Created { get; init; }
}
