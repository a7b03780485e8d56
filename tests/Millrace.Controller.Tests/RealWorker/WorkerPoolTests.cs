using System.Diagnostics;
using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>Several real workers: the choice among them, and how they are kept alive.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
internal sealed class WorkerPoolTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Choose_TakesTheWorkerWithTheLeastOfWhatIsMeasured()
    {
        await using WorkerPool pool = await StartAsync(2);
        Router first = await pool.Slots[0].Worker!.CreateRouterAsync(Samples.RouterOptions);
        Router second = await pool.Slots[1].Worker!.CreateRouterAsync(Samples.RouterOptions);
        await pool.Slots[1].Worker!.CreateRouterAsync(Samples.RouterOptions);
        PlainTransport source = await first.CreatePlainTransportAsync(Samples.PlainOptions);
        PlainTransport sink = await first.CreatePlainTransportAsync(Samples.PlainOptions);
        await second.CreatePlainTransportAsync(Samples.PlainOptions);
        Producer producer = await source.ProduceAsync(Samples.OpusProducer);

        Assert.That(Loads(pool, WorkerLoad.Routers), Is.EqualTo(new double[] { 1, 2 }));
        Assert.That(Loads(pool, WorkerLoad.Transports), Is.EqualTo(new double[] { 2, 1 }));
        Assert.That(Loads(pool, WorkerLoad.Consumers), Is.EqualTo(new double[] { 0, 0 }));
        Assert.That(pool.Choose(WorkerLoad.Routers), Is.SameAs(pool.Slots[0]));
        Assert.That(pool.Choose(WorkerLoad.Transports), Is.SameAs(pool.Slots[1]));
        Assert.That(pool.Choose(), Is.SameAs(pool.Slots[0]), "the first of equals");

        await sink.ConsumeAsync(new() { Producer = producer, RtpCapabilities = first.RtpCapabilities });
        Assert.That(pool.Choose(), Is.SameAs(pool.Slots[1]));

        await first.CloseAsync();
        Assert.That(Loads(pool, WorkerLoad.Consumers).Concat(Loads(pool, WorkerLoad.Transports)), Is.EqualTo(new double[] { 0, 0, 0, 1 }));
    }

    [Test]
    public async Task AKilledWorker_IsReplaced_AndNotChosenMeanwhile()
    {
        List<int> prepared = [];
        await using WorkerPool pool = await StartAsync(1, (worker, _) =>
        {
            prepared.Add(worker.ProcessId);
            return Task.CompletedTask;
        });
        WorkerSlot slot = pool.Slots[0];
        int first = slot.Worker!.ProcessId;
        List<string> told = [];
        TaskCompletionSource<Worker> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        slot.Lost += reason => told.Add($"lost, chosen {pool.Choose() is not null}, load {slot.LoadOf(WorkerLoad.Processor)}");
        slot.Ready += worker =>
        {
            told.Add($"ready, prepared {prepared.Contains(worker.ProcessId)}");
            ready.SetResult(worker);
        };

        using (Process process = Process.GetProcessById(first))
        {
            process.Kill();
        }
        Worker second = await ready.Task.WaitAsync(Limit);

        Assert.That(told, Is.EqualTo(new[] { "lost, chosen False, load Infinity", "ready, prepared True" }));
        Assert.That(slot.Worker, Is.SameAs(second));
        Assert.That(second.ProcessId, Is.Not.EqualTo(first));
        Assert.That(slot.IsHealthy, Is.True);
    }

    [Test]
    public async Task AWorkerThatCannotBePrepared_IsToldOf_AndTriedAgain()
    {
        int calls = 0;
        await using WorkerPool pool = await StartAsync(
            1, (_, _) => ++calls == 2 ? throw new InvalidOperationException("the port is taken") : Task.CompletedTask);
        TaskCompletionSource<Exception> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pool.Slots[0].StartFailed += exception => failed.TrySetResult(exception);
        pool.Slots[0].Ready += _ => ready.TrySetResult();

        using (Process process = Process.GetProcessById(pool.Slots[0].Worker!.ProcessId))
        {
            process.Kill();
        }

        Assert.That((await failed.Task.WaitAsync(Limit)).Message, Is.EqualTo("the port is taken"));
        await ready.Task.WaitAsync(Limit);
        Assert.That(calls, Is.EqualTo(3));
    }

    [Test]
    public async Task APoolThatDoesNotStartWhole_LeavesNoWorkerBehind()
    {
        int started = 0;
        WorkerSlotOptions good = Options((worker, _) =>
        {
            started = worker.ProcessId;
            return Task.CompletedTask;
        });
        WorkerSlotOptions bad = new() { Worker = good.Worker with { Path = "millrace-no-such-program" } };

        await Assert.ThatAsync(async () => await WorkerPool.StartAsync([good, bad]), Throws.Exception);

        Assert.That(() => Process.GetProcessById(started), Throws.ArgumentException);
    }

    [Test]
    public async Task Disposing_EndsAllWorkers()
    {
        WorkerPool pool = await StartAsync(2);
        int[] processes = [.. pool.Slots.Select(slot => slot.Worker!.ProcessId)];

        await pool.DisposeAsync();

        Assert.That(pool.Choose(), Is.Null);
        foreach (int process in processes)
        {
            Assert.That(() => Process.GetProcessById(process), Throws.ArgumentException);
        }
    }

    private static double[] Loads(WorkerPool pool, WorkerLoad measure) => [.. pool.Slots.Select(slot => slot.LoadOf(measure))];

    private static Task<WorkerPool> StartAsync(int workers, Func<Worker, CancellationToken, Task>? prepare = null) =>
        WorkerPool.StartAsync([.. Enumerable.Repeat(Options(prepare), workers)]);

    private static WorkerSlotOptions Options(Func<Worker, CancellationToken, Task>? prepare) =>
        new() { Worker = NativeFolder.OptionsOf(WorkerMode.Process), Prepare = prepare };
}
