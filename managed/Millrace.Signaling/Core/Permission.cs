namespace Millrace.Signaling.Core;

/// <summary>Who may send a signal. A row without a permission does not compile; what no row allows is refused.</summary>
public enum Permission
{
    /// <summary>Everybody, also before logging in.</summary>
    Anyone,

    /// <summary>Whoever has logged in.</summary>
    Registered,

    /// <summary>Whoever has logged in as a person's client, not as a service.</summary>
    Caller,

    /// <summary>Members of the room that the message names.</summary>
    Member,

    /// <summary>Members of the room, about what they own in it.</summary>
    Owner,

    /// <summary>Nobody: the server sends it.</summary>
    Server,
}
