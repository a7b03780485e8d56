using Microsoft.Extensions.Logging;

namespace Millrace.Rooms;

/// <summary>
/// All rooms of a server, in the order of their creation. Tells the rooms of a worker when it is lost and when a new one
/// serves.
/// </summary>
public sealed class RoomRegistry : IAsyncDisposable
{
    private readonly MediaPool _pool;
    private readonly RoomOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, Room> _rooms = [];

    /// <summary>An empty registry over the workers of <paramref name="pool"/>, which stays the caller's.</summary>
    public RoomRegistry(MediaPool pool, RoomOptions options, ILogger logger)
    {
        _pool = pool;
        _options = options;
        _logger = logger;
        foreach (MediaNode node in pool.Nodes)
        {
            node.Lost += () => PostToRooms(room => () => room.ForgetMediaAsync(node));
            node.Ready += () => PostToRooms(room => () => room.RebuildAsync(node));
        }
    }

    /// <summary>All rooms, the oldest first.</summary>
    public IReadOnlyList<Room> Rooms
    {
        get
        {
            lock (_lock)
            {
                return [.. _rooms.Values];
            }
        }
    }

    /// <summary>Makes a room on the worker with the fewest.</summary>
    /// <param name="name">The name that people see.</param>
    /// <param name="password">The password; null when everybody may enter.</param>
    /// <param name="creatorId">The client that asked for it.</param>
    /// <exception cref="RefusedException">No worker serves, or there are too many rooms.</exception>
    public async Task<Room> CreateAsync(string name, PasswordHash? password = null, string? creatorId = null)
    {
        Room room = Reserve(name, password, creatorId);
        try
        {
            await room.RunAsync(async () =>
            {
                await room.OpenAsync().ConfigureAwait(false);
                return room;
            }).ConfigureAwait(false);
            return room;
        }
        catch
        {
            await CloseAsync(room).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The room with an id.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public Room Get(string roomId) =>
        Find(roomId) ?? throw new RefusedException(new RoomError.NoSuchRoom(roomId));

    /// <summary>The room with an id, or null.</summary>
    public Room? Find(string roomId)
    {
        lock (_lock)
        {
            return _rooms.GetValueOrDefault(roomId);
        }
    }

    /// <summary>Ends a room. Not to be awaited within one of its own turns.</summary>
    public async Task CloseAsync(Room room)
    {
        lock (_lock)
        {
            if (!_rooms.Remove(room.Id))
            {
                return;
            }
            room.Node.RemoveRoom();
            RoomMetrics.Rooms.Add(-1);
        }
        room.Follow(room.CloseAsync);
        await room.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends all rooms.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Room room in Rooms)
        {
            await CloseAsync(room).ConfigureAwait(false);
        }
    }

    private Room Reserve(string name, PasswordHash? password, string? creatorId)
    {
        lock (_lock)
        {
            if (_rooms.Count >= _options.Limits.Rooms)
            {
                throw new RefusedException(new RoomError.TooMany(nameof(RoomLimits.Rooms)));
            }
            MediaNode node = _pool.Choose() ?? throw new RefusedException(new RoomError.MediaUnavailable());
            Room room = new(_options.NewId(), name, password, creatorId, node, _pool, _options, _logger);
            _rooms.Add(room.Id, room);
            RoomMetrics.Rooms.Add(1);
            node.AddRoom();
            return room;
        }
    }

    // A room knows by itself whether it has something there.
    private void PostToRooms(Func<Room, Func<Task>> turn)
    {
        foreach (Room room in Rooms)
        {
            room.Follow(turn(room));
        }
    }
}
