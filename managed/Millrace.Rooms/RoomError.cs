namespace Millrace.Rooms;

/// <summary>
/// Why a request was refused: a closed set that every protocol maps to codes and texts of its own, in one method.
/// </summary>
public abstract record RoomError
{
    private RoomError()
    {
    }

    /// <summary>No room has this id.</summary>
    public sealed record NoSuchRoom(string RoomId) : RoomError;

    /// <summary>The client is in no room where it must be in one.</summary>
    public sealed record NotMember(string ClientId) : RoomError;

    /// <summary>The peer has no transport with this id.</summary>
    public sealed record NoSuchTransport(string TransportId) : RoomError;

    /// <summary>The room has no producer with this id, or it belongs to somebody else where it must be one's own.</summary>
    public sealed record NoSuchProducer(string ProducerId) : RoomError;

    /// <summary>The peer has no consumer with this id.</summary>
    public sealed record NoSuchConsumer(string ConsumerId) : RoomError;

    /// <summary>The peer wants to receive before it has a transport to receive on.</summary>
    public sealed record NoReceiveTransport : RoomError;

    /// <summary>The media that the client describes makes no sense, or the router cannot carry it.</summary>
    /// <param name="Reason">What is wrong, for the developer of the client.</param>
    public sealed record BadMedia(string Reason) : RoomError;

    /// <summary>The room's password is another one.</summary>
    public sealed record WrongPassword : RoomError;

    /// <summary>The room has as many peers as it may have.</summary>
    public sealed record RoomFull(string RoomId) : RoomError;

    /// <summary>A named limit is reached.</summary>
    /// <param name="Limit">The name of the limit, as <see cref="RoomLimits"/> has it.</param>
    public sealed record TooMany(string Limit) : RoomError;

    /// <summary>The caller may not do this.</summary>
    public sealed record Forbidden : RoomError;

    /// <summary>No media worker can serve the request now; a later try may succeed.</summary>
    public sealed record MediaUnavailable : RoomError;
}
