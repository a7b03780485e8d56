using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>
/// Makes one list of what the routers of a room hear. Each tells once an interval; the list is told when all that hear
/// somebody have told, so that several routers cause no more news than one.
/// </summary>
internal sealed class RoomVolumes
{
    private readonly Dictionary<RoomRouter, IReadOnlyList<AudioLevel>> _heard = [];
    private readonly HashSet<RoomRouter> _told = [];

    /// <summary>A router has told.</summary>
    /// <param name="router">Which one.</param>
    /// <param name="levels">Whom it hears; nobody when it is empty.</param>
    /// <returns>The whole list, the loudest first; null while others are still to tell.</returns>
    public IReadOnlyList<AudioLevel>? Tell(RoomRouter router, IReadOnlyList<AudioLevel> levels)
    {
        _heard[router] = levels;
        _told.Add(router);
        if (_heard.Any(heard => heard.Value.Count > 0 && !_told.Contains(heard.Key)))
        {
            return null;
        }
        _told.Clear();
        return [.. _heard.Values.SelectMany(heard => heard).OrderByDescending(level => level.Volume)];
    }

    /// <summary>A router is no more; nobody waits for it.</summary>
    public void Forget(RoomRouter router)
    {
        _heard.Remove(router);
        _told.Remove(router);
    }
}
