using System.Diagnostics.Metrics;

namespace Millrace.Rooms;

/// <summary>What rooms count, for whoever listens to the meter <see cref="MeterName"/>. No label names a room or a peer.</summary>
public static class RoomMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Millrace.Rooms";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Rooms that are open.</summary>
    internal static UpDownCounter<int> Rooms { get; } = Meter.CreateUpDownCounter<int>("millrace.room.rooms", "{room}", "Rooms that are open.");

    /// <summary>Peers in all rooms.</summary>
    internal static UpDownCounter<int> Peers { get; } = Meter.CreateUpDownCounter<int>("millrace.room.peers", "{peer}", "Peers in all rooms.");

    /// <summary>Routers of rooms, by worker; more than there are rooms means that rooms have spread.</summary>
    internal static UpDownCounter<int> Routers { get; } =
        Meter.CreateUpDownCounter<int>("millrace.room.routers", "{router}", "Routers of rooms, by worker.");

    /// <summary>Producers that have been piped to the router of another worker, by the worker they are piped to.</summary>
    internal static UpDownCounter<int> Pipes { get; } =
        Meter.CreateUpDownCounter<int>("millrace.room.pipes", "{pipe}", "Producers piped to a worker from another one.");

    /// <summary>Tells which worker is meant.</summary>
    internal static KeyValuePair<string, object?> WorkerOf(MediaNode node) => new("worker", node.Number);
}
