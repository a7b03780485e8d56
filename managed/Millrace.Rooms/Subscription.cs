using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>A consumer of one peer and where its media comes from.</summary>
public sealed class Subscription
{
    internal Subscription(Consumer consumer, Publication publication, Peer receiver, RoomRouter router, string transportId)
    {
        Consumer = consumer;
        Publication = publication;
        Receiver = receiver;
        Router = router;
        TransportId = transportId;
    }

    /// <summary>The consumer on the worker.</summary>
    public Consumer Consumer { get; }

    /// <summary>What is received.</summary>
    public Publication Publication { get; }

    /// <summary>Who receives.</summary>
    public Peer Receiver { get; }

    /// <summary>The router it is sent from.</summary>
    internal RoomRouter Router { get; }

    /// <summary>The transport it is sent on.</summary>
    public string TransportId { get; }

    /// <summary>Whether the receiver itself asked for a pause.</summary>
    public bool PausedByReceiver { get; internal set; }

    /// <summary>Whether the receiver said that it is ready for the media.</summary>
    public bool Confirmed { get; internal set; }
}
