using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Interop.Tests;

internal sealed class WorkerProcessTests
{
    [Test]
    public async Task Channel_CarriesBytesOverDescriptors3And4()
    {
        await using WorkerProcess worker = Start("cat <&3 >&4");

        await worker.Channel.Output.WriteAsync("question"u8.ToArray());
        byte[] answer = await worker.Channel.Input.ReadBytesAsync(8);

        Assert.That(Encoding.UTF8.GetString(answer), Is.EqualTo("question"));
    }

    [Test]
    public async Task Channel_CarriesMoreThanThePipesHold()
    {
        const int Blocks = 512;
        byte[] block = new byte[65536];
        await using WorkerProcess worker = Start("cat <&3 >&4");

        Task<long> reading = worker.Channel.Input.CountToEndAsync();
        for (int i = 0; i < Blocks; i++)
        {
            await worker.Channel.Output.WriteAsync(block).Within();
        }

        await worker.Channel.Output.CompleteAsync();

        Assert.That(await reading, Is.EqualTo((long)Blocks * block.Length));
    }

    [Test]
    public async Task Channel_WhenAnswersLeadToRequests_SendsThem()
    {
        const int Rounds = 1000;
        await using WorkerProcess worker = Start("cat <&3 >&4");

        await worker.Channel.Output.WriteAsync(new byte[] { 1 }).Within();
        for (int i = 0; i < Rounds; i++)
        {
            await worker.Channel.Input.ReadBytesAsync(1);
            await worker.Channel.Output.WriteAsync(new byte[] { 1 }).Within();
        }

        Assert.That(await worker.Channel.Input.ReadBytesAsync(1), Is.EqualTo(new byte[] { 1 }));
    }

    [Test]
    public async Task Exited_TellsTheExitCode()
    {
        await using WorkerProcess worker = Start("exit 42");

        WorkerExit exit = await worker.Exited.Within();

        Assert.That(exit, Is.EqualTo(new WorkerExit(42, null)));
        Assert.That(exit.ToString(), Is.EqualTo("exit code 42"));
    }

    [Test]
    public async Task Exited_TellsTheSignal()
    {
        await using WorkerProcess worker = Start("kill -SEGV $$");

        WorkerExit exit = await worker.Exited.Within();

        Assert.That(exit, Is.EqualTo(new WorkerExit(null, 11)));
        Assert.That(exit.IsNormal, Is.False);
    }

    [Test]
    public async Task Channel_WhenTheWorkerIsKilled_EndsInBothDirections()
    {
        await using WorkerProcess worker = Start("read x <&3; kill -KILL $$");

        await worker.Channel.Output.WriteAsync("\n"u8.ToArray()).Within();
        long rest = await worker.Channel.Input.CountToEndAsync();
        WorkerExit exit = await worker.Exited.Within();

        Assert.That(rest, Is.Zero);
        Assert.That(exit.Signal, Is.EqualTo(9));
        Assert.That(await OutputEndsAsync(worker), Is.True);
    }

    [Test]
    public void Start_WhenThereIsNoSuchProgram_SaysSo()
    {
        WorkerProcessOptions options = new() { Path = "/nonexistent/millrace-worker" };

        WorkerStartException failure = Assert.Throws<WorkerStartException>(() => WorkerProcess.Start(options))!;

        Assert.That(failure.Message, Does.Contain("/nonexistent/millrace-worker").And.Contain("No such file"));
    }

    [Test]
    public async Task Start_HandsOverArguments()
    {
        ConcurrentQueue<string> lines = [];
        WorkerProcessOptions options = new()
        {
            Path = "sh",
            Arguments = ["-c", "printf '%s\\n' \"$@\"", "sh", "--rtcMinPort=1", "two words", "ü"],
            StandardOutput = lines.Enqueue,
        };

        await using WorkerProcess worker = WorkerProcess.Start(options);
        await worker.Exited.Within();

        Assert.That(lines, Is.EqualTo(["--rtcMinPort=1", "two words", "ü"]));
    }

    [Test]
    public async Task Output_ComesLineByLine()
    {
        ConcurrentQueue<string> output = [];
        ConcurrentQueue<string> error = [];
        WorkerProcessOptions options = Script("echo one; echo two >&2; printf three") with
        {
            StandardOutput = output.Enqueue,
            StandardError = error.Enqueue,
        };

        await using WorkerProcess worker = WorkerProcess.Start(options);
        await worker.Exited.Within();

        Assert.That(output, Is.EqualTo(["one", "three"]));
        Assert.That(error, Is.EqualTo(["two"]));
    }

    [Test]
    public async Task Environment_NamesTheProtocolVersionAndWhatTheOptionsSay()
    {
        ConcurrentQueue<string> lines = [];
        WorkerProcessOptions options = Script("echo \"$MEDIASOUP_VERSION $MILLRACE_TEST ${HOME-gone} ${PATH:+path}\"") with
        {
            Environment = new Dictionary<string, string?> { ["MILLRACE_TEST"] = "set", ["HOME"] = null },
            StandardOutput = lines.Enqueue,
        };

        await using WorkerProcess worker = WorkerProcess.Start(options);
        await worker.Exited.Within();

        Assert.That(lines, Is.EqualTo(["3.27.1 set gone path"]));
    }

    [Test]
    [NonParallelizable]
    public async Task Environment_KeepsTheServersSecretsFromTheWorker()
    {
        ConcurrentQueue<string> lines = [];
        WorkerProcessOptions options = Script("echo \"${MILLRACE_USERS-none} ${MILLRACE_SEND-none}\"") with
        {
            StandardOutput = lines.Enqueue,
        };
        Environment.SetEnvironmentVariable("MILLRACE_USERS", "alice:secret");
        Environment.SetEnvironmentVariable("MILLRACE_SEND", "single");

        await using WorkerProcess worker = WorkerProcess.Start(options);
        Environment.SetEnvironmentVariable("MILLRACE_USERS", null);
        Environment.SetEnvironmentVariable("MILLRACE_SEND", null);
        await worker.Exited.Within();

        Assert.That(lines, Is.EqualTo(["none single"]));
    }

    [Test]
    public async Task Start_PassesNoOtherDescriptors()
    {
        const int DuplicateInheritable = 0;
        ConcurrentQueue<string> lines = [];
        using FileStream leaky = File.OpenRead("/dev/null");
        using SafeFileHandle inheritable = new(
            Libc.Fcntl((int)leaky.SafeFileHandle.DangerousGetHandle(), DuplicateInheritable, 100), ownsHandle: true);
        WorkerProcessOptions options =
            Script("i=0; while [ $i -lt 300 ]; do [ -e /proc/$$/fd/$i ] && echo $i; i=$((i+1)); done; exit 0") with
            {
                StandardOutput = lines.Enqueue,
            };

        await using WorkerProcess worker = WorkerProcess.Start(options);
        await worker.Exited.Within();

        Assert.That((int)inheritable.DangerousGetHandle(), Is.InRange(100, 299));
        Assert.That(lines, Is.EqualTo(["0", "1", "2", "3", "4"]));
    }

    [Test]
    public async Task Start_OfManyAtOnce_LeavesNobodysChannelOpenInAnother()
    {
        Task<WorkerProcess>[] starts = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => Start("cat <&3 >&4")))];
        WorkerProcess[] workers = await Task.WhenAll(starts).Within();

        foreach (WorkerProcess worker in workers)
        {
            // End of file reaches it only if no other worker holds the other end.
            await worker.Channel.Output.CompleteAsync();
            Assert.That(await worker.Exited.Within(), Is.EqualTo(new WorkerExit(0, null)));
        }

        foreach (WorkerProcess worker in workers)
        {
            await worker.DisposeAsync();
        }
    }

    [Test]
    public async Task Start_PutsTheWorkerOutOfTheTerminalsReach()
    {
        await using WorkerProcess worker = Start("cat <&3 >&4");

        // /proc/PID/stat after the name: state, parent, process group, session, terminal.
        string stat = await File.ReadAllTextAsync($"/proc/{worker.ProcessId}/stat");
        int[] numbers = [.. stat[(stat.LastIndexOf(')') + 4)..].Split(' ').Take(4).Select(int.Parse)];

        Assert.That(numbers, Is.EqualTo([Environment.ProcessId, worker.ProcessId, worker.ProcessId, 0]));
    }

    [Test]
    public async Task Start_GivesTheWorkerDefaultSignals()
    {
        ConcurrentQueue<string> lines = [];
        WorkerProcessOptions options = Script("grep -E '^Sig(Blk|Ign)' /proc/self/status") with { StandardOutput = lines.Enqueue };

        await using WorkerProcess worker = WorkerProcess.Start(options);
        await worker.Exited.Within();

        // The C library ignores signals 32 and 33, its own, until a program's start sets them anew.
        Assert.That(lines, Has.Count.EqualTo(2));
        Assert.That(lines.Select(line => Convert.ToUInt64(line[8..], 16) & 0x7fff_ffff), Is.All.Zero);
    }

    [Test]
    public async Task Dispose_EndsAWorkerByEndOfFile()
    {
        ManualTime time = new();
        WorkerProcess worker = WorkerProcess.Start(Script("cat <&3 >/dev/null; exit 7") with { TimeProvider = time });

        await worker.DisposeAsync().Within();

        Assert.That(await worker.Exited, Is.EqualTo(new WorkerExit(7, null)));
    }

    [Test]
    public async Task Dispose_SendsWhatWasFlushedFirst()
    {
        ConcurrentQueue<string> lines = [];
        WorkerProcess worker = WorkerProcess.Start(Script("cat <&3") with { StandardOutput = lines.Enqueue });

        await worker.Channel.Output.WriteAsync("last words"u8.ToArray()).Within();
        await worker.DisposeAsync().Within();

        Assert.That(lines, Is.EqualTo(["last words"]));
    }

    [Test]
    public async Task Dispose_WhenTheWorkerIgnoresEndOfFile_Terminates()
    {
        ManualTime time = new();
        WorkerProcessOptions options = Script("exec sleep 1000") with { TimeProvider = time };
        WorkerProcess worker = WorkerProcess.Start(options);

        Task disposal = worker.DisposeAsync().AsTask();
        await time.NextWait();
        time.Advance(options.EndOfFileGrace);
        await disposal.Within();

        Assert.That(await worker.Exited, Is.EqualTo(new WorkerExit(null, 15)));
    }

    [Test]
    public async Task Dispose_WhenTheWorkerIgnoresTermination_Kills()
    {
        ManualTime time = new();
        TaskCompletionSource ready = new();
        WorkerProcessOptions options = Script("trap '' TERM; echo ready; exec sleep 1000") with
        {
            TimeProvider = time,
            StandardOutput = _ => ready.SetResult(),
        };
        WorkerProcess worker = WorkerProcess.Start(options);
        await ready.Task.Within();

        Task disposal = worker.DisposeAsync().AsTask();
        await time.NextWait();
        time.Advance(options.EndOfFileGrace);
        await time.NextWait();
        time.Advance(options.TerminateGrace);
        await disposal.Within();

        Assert.That(await worker.Exited, Is.EqualTo(new WorkerExit(null, 9)));
    }

    [Test]
    public async Task Dispose_WhenTheWorkerReadsNothing_DoesNotHang()
    {
        ManualTime time = new();
        WorkerProcessOptions options = Script("exec sleep 1000") with { TimeProvider = time };
        WorkerProcess worker = WorkerProcess.Start(options);

        ValueTask<FlushResult> flush = worker.Channel.Output.WriteAsync(new byte[4 << 20]);
        Task disposal = worker.DisposeAsync().AsTask();
        await time.NextWait();
        time.Advance(options.EndOfFileGrace);
        await disposal.Within();

        Assert.That((await flush.Within()).IsCompleted, Is.True);
    }

    [Test]
    public async Task Dispose_WhenNobodyReads_LetsTheWorkerSayItsLastWords()
    {
        WorkerProcess worker = WorkerProcess.Start(
            Script("cat <&3 >/dev/null; head -c 40000000 /dev/zero >&4; exit 5") with { TimeProvider = new ManualTime() });

        await worker.DisposeAsync().Within();

        Assert.That(await worker.Exited, Is.EqualTo(new WorkerExit(5, null)));
    }

    [Test]
    public async Task Dispose_Twice_WaitsForTheSameEnd()
    {
        WorkerProcess worker = Start("cat <&3 >&4");

        await Task.WhenAll(worker.DisposeAsync().AsTask(), worker.DisposeAsync().AsTask()).Within();

        Assert.That(worker.Exited.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task Exit_TakesTheWorkersOwnChildrenAlong()
    {
        TaskCompletionSource<int> child = new();
        WorkerProcessOptions options = Script("sleep 1000 & echo $!; cat <&3") with
        {
            StandardOutput = line => child.SetResult(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)),
        };
        WorkerProcess worker = WorkerProcess.Start(options);
        using SafeFileHandle left = new(Libc.PidFdOpen(await child.Task.Within()), ownsHandle: true);

        await worker.DisposeAsync().Within();

        Libc.PollEntry[] ended = [new() { Descriptor = (int)left.DangerousGetHandle(), Events = Libc.POLLIN }];
        Assert.That(Libc.Poll(ended, 1, 30_000), Is.EqualTo(1));
    }

    [Test]
    [NonParallelizable]
    public async Task Dispose_GivesBackEveryDescriptor()
    {
        await Start("cat <&3 >&4").DisposeAsync().Within();
        int before = Directory.GetFiles("/proc/self/fd").Length;

        for (int i = 0; i < 10; i++)
        {
            await Start("cat <&3 >&4").DisposeAsync().Within();
            Assert.Throws<WorkerStartException>(() => WorkerProcess.Start(new() { Path = "/nonexistent" }));
        }

        Assert.That(Directory.GetFiles("/proc/self/fd"), Has.Length.LessThanOrEqualTo(before));
    }

    private static WorkerProcess Start(string script) => WorkerProcess.Start(Script(script));

    private static WorkerProcessOptions Script(string script) => new() { Path = "sh", Arguments = ["-c", script] };

    private static async Task<bool> OutputEndsAsync(WorkerProcess worker)
    {
        // The write loop may still be on its way to notice.
        while (true)
        {
            FlushResult result = await worker.Channel.Output.WriteAsync(new byte[1]).Within();
            if (result.IsCompleted)
            {
                return true;
            }
        }
    }
}
