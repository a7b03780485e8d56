using System.Diagnostics;
using Millrace.Interop;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>What only a process can do: be killed, and refuse its settings.</summary>
[Category("RealWorker")]
[CancelAfter(60_000)]
internal sealed class RealProcessTests
{
    [Test]
    public async Task KilledWorker_IsToldAndFailsEverything()
    {
        await using Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(WorkerMode.Process));
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        TaskCompletionSource<WorkerDied> died = new(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Died += died.SetResult;

        using (Process process = Process.GetProcessById(worker.ProcessId))
        {
            process.Kill();
        }

        WorkerDied reason = await died.Task;
        Assert.That(reason.Exit, Is.EqualTo(new WorkerExit(null, 9)));
        Assert.That(router.IsClosed, Is.True);
        await Assert.CatchAsync<WorkerDiedException>(() => worker.DumpAsync());
    }

    [Test]
    public async Task WrongSettings_AreRefusedAtTheStart()
    {
        WorkerOptions options = NativeFolder.OptionsOf(WorkerMode.Process) with
        {
            Settings = new() { DtlsCertificateFile = "/nonexistent.pem", DtlsPrivateKeyFile = "/nonexistent.pem" },
        };

        WorkerStartException? refusal = await Assert.CatchAsync<WorkerStartException>(() => Worker.StartAsync(options));

        Assert.That(refusal!.Message, Does.Contain("exit code"));
    }
}
