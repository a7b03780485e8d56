using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>
/// What happens in a room, told to peers in the order in which it happened: a closed set that every protocol turns into
/// messages of its own.
/// </summary>
public abstract record RoomEvent
{
    private RoomEvent()
    {
    }

    /// <summary>A peer entered; told to everybody, also to the peer itself.</summary>
    /// <param name="Peer">Who entered.</param>
    /// <param name="Cause">What the protocol that let it in wants to know again, such as the id of the request.</param>
    public sealed record PeerEntered(Peer Peer, object? Cause) : RoomEvent;

    /// <summary>A peer left; told to the others.</summary>
    public sealed record PeerLeft(Peer Peer) : RoomEvent;

    /// <summary>The room has ended; told to everybody.</summary>
    public sealed record RoomClosed(Room Room) : RoomEvent;

    /// <summary>
    /// The room's worker died and the room stands again on a new one, without any transport: whoever is in it leaves,
    /// enters and produces again.
    /// </summary>
    public sealed record RoomRebuilt(Room Room) : RoomEvent;

    /// <summary>A transport of the told peer was closed.</summary>
    public sealed record TransportClosed(Room Room, string TransportId) : RoomEvent;

    /// <summary>A producer of the told peer was closed.</summary>
    public sealed record ProducerClosed(Room Room, string ProducerId) : RoomEvent;

    /// <summary>A producer of the told peer was paused.</summary>
    public sealed record ProducerPaused(Room Room, string ProducerId) : RoomEvent;

    /// <summary>A producer of the told peer was resumed.</summary>
    public sealed record ProducerResumed(Room Room, string ProducerId) : RoomEvent;

    /// <summary>A consumer was made for the told peer, paused until <see cref="Peer.ConfirmConsumerAsync"/>.</summary>
    public sealed record ConsumerCreated(Room Room, Subscription Subscription) : RoomEvent;

    /// <summary>A consumer of the told peer was closed.</summary>
    public sealed record ConsumerClosed(Room Room, string ConsumerId) : RoomEvent;

    /// <summary>A consumer of the told peer was paused, by the peer or with its producer.</summary>
    public sealed record ConsumerPaused(Room Room, string ConsumerId) : RoomEvent;

    /// <summary>A consumer of the told peer carries media again, or for the first time.</summary>
    public sealed record ConsumerResumed(Room Room, string ConsumerId) : RoomEvent;

    /// <summary>Who is heard, loudest first; empty while nobody is. Told to everybody.</summary>
    public sealed record VolumesMeasured(Room Room, IReadOnlyList<PeerVolume> Volumes) : RoomEvent;

    /// <summary>The quality of a producer's streams changed.</summary>
    public sealed record ProducerScored(Room Room, string ProducerId, IReadOnlyList<ProducerScore> Scores) : RoomEvent;

    /// <summary>The quality of a consumer's stream changed.</summary>
    public sealed record ConsumerScored(Room Room, string ConsumerId, ConsumerScore Score) : RoomEvent;

    /// <summary>The layers that a consumer carries changed; null when it carries none.</summary>
    public sealed record LayersChanged(Room Room, string ConsumerId, ConsumerLayers? Layers) : RoomEvent;

    /// <summary>A producer's picture turned.</summary>
    public sealed record VideoOrientationChanged(Room Room, string ProducerId, VideoOrientation Orientation) : RoomEvent;
}

/// <summary>How loud a peer is: 0 dBov is the loudest, -127 is silence (RFC 6464).</summary>
public sealed record PeerVolume(string ClientId, int Volume);
