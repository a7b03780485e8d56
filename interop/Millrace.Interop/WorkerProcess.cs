using System.Collections;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Interop;

/// <summary>
/// A worker as a child process: it reads its channel on descriptor 3 and writes it on descriptor 4, gets no
/// other descriptor of this process, and lives in a session of its own, so that a terminal's Ctrl-C does not
/// reach it. When this process dies, however it dies, the worker's channel ends and the worker with it.
/// </summary>
public sealed class WorkerProcess : IWorkerHost
{
    private const string VersionVariable = "MEDIASOUP_VERSION";
    private const string Version = "3.27.1";

    // A server's own settings come by variables of this prefix, passwords among them: the worker, which faces
    // the network, gets only those that are meant for it.
    private const string OwnPrefix = "MILLRACE_";
    private static readonly string[] WorkersOwn = ["MILLRACE_SEND", "MILLRACE_CORE_DUMPS"];

    private const int ChannelIn = 3;
    private const int ChannelOut = 4;

    // Above every number that is given a meaning in the child, so that no dup2 overwrites what a later one needs.
    private const int FirstFreeDescriptor = 10;

    private static readonly Lock Starting = new();

    private readonly WorkerProcessOptions _options;
    private readonly DescriptorChannel _channel;
    private readonly ProcessWatch _watch;
    private readonly Task _channelEnd;
    private readonly Lazy<Task> _end;

    private WorkerProcess(WorkerProcessOptions options, int process, DescriptorChannel channel, ProcessWatch watch)
    {
        _options = options;
        _channel = channel;
        _watch = watch;
        ProcessId = process;
        _channelEnd = EndChannelAsync();
        _end = new Lazy<Task>(EndAsync);
    }

    /// <inheritdoc />
    public IDuplexPipe Channel => _channel;

    /// <inheritdoc />
    public int ProcessId { get; }

    /// <inheritdoc />
    public Task<WorkerExit> Exited => _watch.Exited;

    /// <summary>Starts a worker. Starts of several threads happen one after the other.</summary>
    /// <exception cref="WorkerStartException">The program cannot be started.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static WorkerProcess Start(WorkerProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("A worker process is started on Linux only; use NativeWorker.");
        }

        lock (Starting)
        {
            return StartAlone(options);
        }
    }

    /// <summary>
    /// Ends the channel and waits for the worker to end by itself; sends SIGTERM, then SIGKILL, when it takes
    /// longer than the options allow.
    /// </summary>
    public ValueTask DisposeAsync() => new(_end.Value);

    private static WorkerProcess StartAlone(WorkerProcessOptions options)
    {
        // What has been opened so far; only a start that fails still finds anything in it.
        Stack<SafeFileHandle> opened = [];
        try
        {
            (SafeFileHandle childIn, SafeFileHandle writeEnd) = CreatePipe(opened, childReads: true);
            (SafeFileHandle readEnd, SafeFileHandle childOut) = CreatePipe(opened, childReads: false);
            (SafeFileHandle output, SafeFileHandle childOutput) = CreatePipe(opened, childReads: false);
            (SafeFileHandle error, SafeFileHandle childError) = CreatePipe(opened, childReads: false);
            SafeFileHandle stop = Own(opened, Libc.EventFd(0, Libc.EFD_CLOEXEC));
            SetNonBlocking(writeEnd);
            SetNonBlocking(output);
            SetNonBlocking(error);

            int process = Spawn(options, [(childOutput, 1), (childError, 2), (childIn, ChannelIn), (childOut, ChannelOut)]);
            SafeFileHandle processDescriptor = OpenProcess(process);
            opened.Clear();
            childIn.Dispose();
            childOut.Dispose();
            childOutput.Dispose();
            childError.Dispose();
            return new WorkerProcess(
                options,
                process,
                new DescriptorChannel(readEnd, writeEnd, stop, FormattableString.Invariant($"channel-{process}")),
                new ProcessWatch(process, processDescriptor, output, error, options));
        }
        finally
        {
            foreach (SafeFileHandle descriptor in opened)
            {
                descriptor.Dispose();
            }
        }
    }

    private static SafeFileHandle OpenProcess(int process)
    {
        SafeFileHandle descriptor = new(Libc.PidFdOpen(process), ownsHandle: true);
        if (descriptor.IsInvalid)
        {
            string reason = Marshal.GetLastPInvokeErrorMessage();
            _ = Libc.Kill(-process, Libc.SIGKILL);
            _ = Libc.Reap(process);
            throw new WorkerStartException($"The worker cannot be watched (pidfd_open, Linux 5.3 or later): {reason}.");
        }

        return descriptor;
    }

    private static int Spawn(WorkerProcessOptions options, ReadOnlySpan<(SafeFileHandle From, int To)> descriptors)
    {
        Span<byte> actions = stackalloc byte[Libc.OpaqueBytes];
        Span<byte> attributes = stackalloc byte[Libc.OpaqueBytes];
        Span<byte> allSignals = stackalloc byte[Libc.OpaqueBytes];
        Span<byte> noSignals = stackalloc byte[Libc.OpaqueBytes];
        _ = Libc.SigFillSet(allSignals);
        _ = Libc.SigEmptySet(noSignals);
        _ = Libc.SpawnActionsInit(actions);
        _ = Libc.SpawnAttributesInit(attributes);
        try
        {
            // What this process ignores or blocks is its own affair: the worker starts with the defaults.
            _ = Libc.SpawnAttributesSetSigDefault(attributes, allSignals);
            _ = Libc.SpawnAttributesSetSigMask(attributes, noSignals);
            _ = Libc.SpawnAttributesSetFlags(
                attributes, Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK | Libc.POSIX_SPAWN_SETSID);
            _ = Libc.SpawnActionsAddOpen(actions, 0, "/dev/null", Libc.O_RDWR, 0);
            foreach ((SafeFileHandle from, int to) in descriptors)
            {
                _ = Libc.SpawnActionsAddDup2(actions, (int)from.DangerousGetHandle(), to);
            }

            CloseInheritable(actions);
            int failure = Libc.Spawn(
                out int process,
                options.Path,
                actions,
                attributes,
                [options.Path, .. options.Arguments, null],
                [.. EnvironmentOf(options), null]);
            return failure == 0
                ? process
                : throw new WorkerStartException(
                    $"The worker program {options.Path} cannot be started: {Marshal.GetPInvokeErrorMessage(failure)}.");
        }
        finally
        {
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    // This process's own descriptors close themselves; a library loaded into it may have been less careful.
    private static void CloseInheritable(Span<byte> actions)
    {
        try
        {
            _ = Libc.SpawnActionsAddCloseFrom(actions, ChannelOut + 1);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library without it (glibc before 2.34): the descriptors' own flags have to do.
        }
    }

    private static IEnumerable<string> EnvironmentOf(WorkerProcessOptions options)
    {
        Dictionary<string, string?> variables = [];
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (!name.StartsWith(OwnPrefix, StringComparison.Ordinal) || WorkersOwn.Contains(name))
            {
                variables[name] = (string?)variable.Value;
            }
        }

        variables[VersionVariable] = Version;
        foreach ((string name, string? value) in options.Environment)
        {
            variables[name] = value;
        }

        return variables.Where(variable => variable.Value is not null).Select(variable => $"{variable.Key}={variable.Value}");
    }

    // The child's end gets a number that means nothing in the child. No end is inherited by anything.
    private static (SafeFileHandle Read, SafeFileHandle Write) CreatePipe(Stack<SafeFileHandle> opened, bool childReads)
    {
        Span<int> ends = stackalloc int[2];
        if (Libc.Pipe2(ends, Libc.O_CLOEXEC) != 0)
        {
            throw NoDescriptor();
        }

        SafeFileHandle read = Own(opened, ends[0]);
        SafeFileHandle write = Own(opened, ends[1]);
        SafeFileHandle low = childReads ? read : write;
        SafeFileHandle high = Own(
            opened, Libc.Fcntl((int)low.DangerousGetHandle(), Libc.F_DUPFD_CLOEXEC, FirstFreeDescriptor));
        low.Dispose();
        return childReads ? (high, write) : (read, high);
    }

    private static void SetNonBlocking(SafeFileHandle descriptor) =>
        _ = Libc.Fcntl((int)descriptor.DangerousGetHandle(), Libc.F_SETFL, Libc.O_NONBLOCK);

    private static SafeFileHandle Own(Stack<SafeFileHandle> opened, int descriptor)
    {
        if (descriptor < 0)
        {
            throw NoDescriptor();
        }

        SafeFileHandle handle = new(descriptor, ownsHandle: true);
        opened.Push(handle);
        return handle;
    }

    private static WorkerStartException NoDescriptor() =>
        new($"The worker cannot be started: {Marshal.GetLastPInvokeErrorMessage()}.");

    // A worker that has ended takes nothing more, and who flushes is told.
    private async Task EndChannelAsync()
    {
        await Exited.ConfigureAwait(false);
        _channel.Finish();
    }

    private async Task EndAsync()
    {
        _channel.Finish();
        if (!await EndsWithinAsync(_options.EndOfFileGrace).ConfigureAwait(false))
        {
            _watch.Signal(Libc.SIGTERM);
            if (!await EndsWithinAsync(_options.TerminateGrace).ConfigureAwait(false))
            {
                _watch.Signal(Libc.SIGKILL);
                await Exited.ConfigureAwait(false);
            }
        }

        await _channelEnd.ConfigureAwait(false);
        await _channel.StopAsync().ConfigureAwait(false);
    }

    private async Task<bool> EndsWithinAsync(TimeSpan grace)
    {
        try
        {
            await Exited.WaitAsync(grace, _options.TimeProvider).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
