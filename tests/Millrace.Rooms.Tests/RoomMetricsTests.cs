using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Controller;
using Millrace.Testing;

namespace Millrace.Rooms.Tests;

/// <summary>What a listener of the meter sees of rooms.</summary>
[NonParallelizable]
[CancelAfter(60_000)]
internal sealed class RoomMetricsTests
{
    [Test]
    public async Task RoutersAndTheirEnd_AreCountedByWorker()
    {
        Dictionary<object, int> routers = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == RoomMetrics.MeterName && instrument.Name == "millrace.room.routers")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            object worker = tags[0].Value!;
            routers[worker] = routers.GetValueOrDefault(worker) + value;
        });
        listener.Start();
        await using MediaPool pool = await MediaPool.StartAsync([BuiltWorker.Node], NullLogger.Instance);
        await using RoomRegistry rooms = new(pool, new RoomOptions { NewId = () => "room" }, NullLogger.Instance);

        Room room = await rooms.CreateAsync("room");
        int whileOpen = routers[0];
        await rooms.CloseAsync(room);

        Assert.That((whileOpen, routers[0]), Is.EqualTo((1, 0)));
    }
}
