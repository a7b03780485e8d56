using System.Diagnostics.Metrics;

namespace Millrace.Rooms;

/// <summary>What rooms count, for whoever listens to the meter <c>Millrace.Rooms</c>.</summary>
internal static class RoomMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Millrace.Rooms";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Routers of rooms, by worker; more than there are rooms means that rooms have spread.</summary>
    public static UpDownCounter<int> Routers { get; } =
        Meter.CreateUpDownCounter<int>("millrace.room.routers", "{router}", "Routers of rooms, by worker.");

    /// <summary>Producers that have been piped to the router of another worker, by the worker they are piped to.</summary>
    public static UpDownCounter<int> Pipes { get; } =
        Meter.CreateUpDownCounter<int>("millrace.room.pipes", "{pipe}", "Producers piped to a worker from another one.");

    /// <summary>Tells which worker is meant.</summary>
    public static KeyValuePair<string, object?> WorkerOf(MediaNode node) => new("worker", node.Number);
}
