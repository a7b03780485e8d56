using System.Globalization;

namespace Millrace.Interop.Tests;

internal sealed class NativeWorkerTests
{
    public static string Library => Path.Combine(Repository.NativeDirectory, "libmillrace.so");

    [Test]
    public void Start_WithAnotherAbiVersion_IsRefused()
    {
        WorkerStartException failure = StartCompiled("unsigned mr_abi_version(void) { return 99; }");

        Assert.That(failure.Message, Does.Contain("ABI version is 99").And.Contain("needs version 1"));
    }

    [Test]
    public void Start_WithAForeignLibrary_IsRefused()
    {
        WorkerStartException failure = StartCompiled("int other(void) { return 0; }");

        Assert.That(failure.Message, Does.Contain("not a Millrace worker library"));
    }

    [Test]
    public async Task Start_WithASecondLibrary_IsRefused()
    {
        await using NativeWorker worker = NativeWorker.Start(new() { LibraryPath = Library });

        WorkerStartException failure = StartCompiled("unsigned mr_abi_version(void) { return 1; }");

        Assert.That(failure.Message, Does.Contain($"already uses {Library}"));
    }

    [Test]
    public void Start_WithoutALibrary_SaysWhereItLooked()
    {
        WorkerStartException failure = Assert.Throws<WorkerStartException>(
            () => NativeWorker.Start(new() { LibraryPath = "/nonexistent/libmillrace.so" }))!;

        Assert.That(failure.Message, Does.Contain("/nonexistent/libmillrace.so"));
    }

    [Test]
    public void Start_WithPortsUpsideDown_TellsTheWorkersReason()
    {
        WorkerSettings settings = new() { RtcMinPort = 2000, RtcMaxPort = 1000 };

        WorkerStartException failure = Assert.Throws<WorkerStartException>(
            () => NativeWorker.Start(new() { LibraryPath = Library, Settings = settings }))!;

        Assert.That(failure.Message, Does.Contain("MR_INVALID_ARGUMENT").And.Length.GreaterThan(60));
    }

    [Test]
    public async Task Output_WithAFrameThatIsTooLarge_EndsTheChannel()
    {
        await using NativeWorker worker = NativeWorker.Start(new() { LibraryPath = Library });

        await worker.Channel.Output.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 0x7f }).Within();

        Assert.That(async () => await worker.Channel.Output.WriteAsync(new byte[] { 0 }).Within(), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public async Task Dispose_Twice_WaitsForTheSameEnd()
    {
        NativeWorker worker = NativeWorker.Start(new() { LibraryPath = Library });

        await Task.WhenAll(worker.DisposeAsync().AsTask(), worker.DisposeAsync().AsTask()).Within();

        Assert.That(await worker.Exited.Within(), Is.EqualTo(new WorkerExit(0, null)));
    }

    // As often as fits a test run, or as MILLRACE_CYCLES says. The library calls back on a thread of its own until the very end;
    // collecting in between would take along whatever is not held.
    [Test]
    public async Task StartAndDispose_WithoutEnd_LeavesNoDescriptorAndNoThread()
    {
        int cycles = int.Parse(Environment.GetEnvironmentVariable("MILLRACE_CYCLES") ?? "2000", CultureInfo.InvariantCulture);
        int descriptors = 0;
        for (int i = 0; i < cycles; i++)
        {
            NativeWorker worker = NativeWorker.Start(new() { LibraryPath = Library });
            if (i % 3 == 1)
            {
                await worker.Channel.Input.ReadAsync().Within();
            }
            if (i % 50 == 0)
            {
                GC.Collect();
            }
            await worker.DisposeAsync().Within();
            Assert.That(await worker.Exited.Within(), Is.EqualTo(new WorkerExit(0, null)));
            if (i == 10)
            {
                descriptors = Descriptors();
            }
        }

        await TestContext.Out.WriteLineAsync($"{cycles} workers, {Descriptors() - descriptors} descriptors more than after ten");
        // Other tests of this process may be at work beside this one.
        Assert.That(Descriptors(), Is.LessThan(descriptors + 50));
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static WorkerStartException StartCompiled(string source)
    {
        // A name of its own: what is refused must never have been another's library.
        string folder = Directory.CreateTempSubdirectory("millrace-abi").FullName;
        string library = Path.Combine(folder, "libother.so");
        try
        {
            File.WriteAllText(Path.Combine(folder, "other.c"), source);
            Repository.Run("cc", "-shared", "-fPIC", "-o", library, Path.Combine(folder, "other.c"));
            return Assert.Throws<WorkerStartException>(() => NativeWorker.Start(new() { LibraryPath = library }))!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
