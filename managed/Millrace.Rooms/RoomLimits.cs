namespace Millrace.Rooms;

/// <summary>How much of everything there may be. A request beyond a limit is refused with <see cref="RoomError.TooMany"/>.</summary>
public sealed record RoomLimits
{
    /// <summary>Rooms of the whole server.</summary>
    public int Rooms { get; init; } = 10_000;

    /// <summary>Peers of one room.</summary>
    public int Peers { get; init; } = 500;

    /// <summary>Transports of one peer: one to send on, one to receive on, and what a client makes beside them.</summary>
    public int Transports { get; init; } = 8;

    /// <summary>Producers of one peer.</summary>
    public int Producers { get; init; } = 16;

    /// <summary>Consumers of one peer.</summary>
    public int Consumers { get; init; } = 2_000;

    /// <summary>
    /// Consumers that one router of a room is to feed: a peer for whom there is no room below this takes its seat on the worker
    /// with the fewest rooms that has no router of this room yet. It is no refusal: when all workers are full, the least loaded
    /// router takes the peer. About what one core carries of video.
    /// </summary>
    public int ConsumersPerRouter { get; init; } = 500;

    /// <summary>Turns that may wait for one room; beyond it new ones are refused, so that a slow worker costs no memory.</summary>
    public int WaitingTurns { get; init; } = 20_000;
}
