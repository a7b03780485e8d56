using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>A producer of one peer, and everybody who receives it.</summary>
public sealed class Publication
{
    internal Publication(Producer producer, Peer owner, string transportId, object? appData)
    {
        Producer = producer;
        Owner = owner;
        TransportId = transportId;
        AppData = appData;
    }

    /// <summary>The producer on the worker.</summary>
    public Producer Producer { get; }

    /// <summary>Who sends.</summary>
    public Peer Owner { get; }

    /// <summary>The transport it arrives on.</summary>
    public string TransportId { get; }

    /// <summary>Whatever the sender wants its viewers to know; the protocol that took it reads it again.</summary>
    public object? AppData { get; }

    /// <summary>The subscriptions to this publication.</summary>
    internal List<Subscription> Subscriptions { get; } = [];
}
