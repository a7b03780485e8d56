using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Rooms;
using Millrace.Signaling.Tests.Harness;
using Millrace.Testing;

namespace Millrace.Signaling.Tests;

/// <summary>A worker is killed in the middle of a call.</summary>
[CancelAfter(60_000)]
internal sealed class WorkerLossTests
{
    [Test]
    public async Task EverybodyInTheRoom_IsToldToBeginAnew_AndCan()
    {
        await using MediaPool pool = await MediaPool.StartAsync([BuiltWorker.Node], NullLogger.Instance);
        await using SignalServer server = new(pool: pool);
        Transcript transcript = new(server);
        await transcript.PlayAsync("parts/call.txt");
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pool.Nodes[0].Ready += ready.SetResult;

        using (Process worker = Process.GetProcessById(pool.Nodes[0].ProcessId!.Value))
        {
            worker.Kill();
        }
        await ready.Task.Within();

        await transcript.PlayAsync("parts/begin-anew.txt");
        Assert.That(server.Failures, Is.Empty);
    }

    [Test]
    public async Task WhileNoWorkerServes_RequestsForMediaAreRefused_AndTheRestGoesOn()
    {
        MediaPool pool = await MediaPool.StartAsync([BuiltWorker.Node], NullLogger.Instance);
        await using SignalServer server = new(pool: pool);
        Transcript transcript = new(server);
        await transcript.PlayAsync("parts/call.txt");

        await pool.DisposeAsync();

        await transcript.PlayAsync("parts/no-worker.txt");
        Assert.That(server.Failures, Is.Empty);
    }
}
