using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Interop;

/// <summary>
/// The thread that listens to one worker process: the lines it prints, and its end, which it reaps. Its
/// process group ends with it, so that nothing of the worker is left behind.
/// </summary>
internal sealed class ProcessWatch
{
    private readonly int _process;
    private readonly SafeFileHandle _processDescriptor;
    private readonly SafeFileHandle[] _outputs;
    private readonly LineCutter[] _cutters;
    private readonly Lock _reaping = new();
    private readonly TaskCompletionSource<WorkerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    /// <param name="process">Leads a process group of its own.</param>
    /// <param name="processDescriptor">Becomes readable when the process ends.</param>
    /// <param name="standardOutput">Not blocking.</param>
    /// <param name="standardError">Not blocking.</param>
    /// <param name="options">Who takes the lines.</param>
    public ProcessWatch(
        int process,
        SafeFileHandle processDescriptor,
        SafeFileHandle standardOutput,
        SafeFileHandle standardError,
        WorkerProcessOptions options)
    {
        _process = process;
        _processDescriptor = processDescriptor;
        _outputs = [standardOutput, standardError];
        _cutters = [new LineCutter(options.StandardOutput), new LineCutter(options.StandardError)];
        new Thread(Watch) { IsBackground = true, Name = FormattableString.Invariant($"watch-{process}") }.Start();
    }

    /// <summary>How the process ended, once it has and its last line was handed over.</summary>
    public Task<WorkerExit> Exited => _exited.Task;

    /// <summary>Sends a signal to the process and its group, unless it has already ended.</summary>
    public void Signal(int signal)
    {
        lock (_reaping)
        {
            // Until it is reaped its id belongs to nobody else.
            if (!_reaped)
            {
                _ = Libc.Kill(-_process, signal);
            }
        }
    }

    private void Watch()
    {
        Span<byte> buffer = new byte[LineCutter.LineBytesMax];
        Span<Libc.PollEntry> entries =
        [
            new() { Descriptor = (int)_outputs[0].DangerousGetHandle(), Events = Libc.POLLIN },
            new() { Descriptor = (int)_outputs[1].DangerousGetHandle(), Events = Libc.POLLIN },
            new() { Descriptor = (int)_processDescriptor.DangerousGetHandle(), Events = Libc.POLLIN },
        ];
        while (entries[2].Returned == 0)
        {
            if (Libc.Poll(entries, (nuint)entries.Length, -1) < 0)
            {
                // EINTR: what the kernel has not filled in does not count.
                entries[0].Returned = entries[1].Returned = entries[2].Returned = 0;
                continue;
            }

            for (int i = 0; i < _outputs.Length; i++)
            {
                if (entries[i].Returned != 0 && !ReadLines(i, buffer))
                {
                    // A negative descriptor is passed over by poll.
                    entries[i].Descriptor = -1;
                    entries[i].Returned = 0;
                }
            }
        }

        for (int i = 0; i < _outputs.Length; i++)
        {
            _ = ReadLines(i, buffer);
            _cutters[i].End();
            _outputs[i].Dispose();
        }

        _exited.SetResult(Reap());
    }

    // Reads what is there. False: nothing more will come.
    private bool ReadLines(int output, Span<byte> buffer)
    {
        while (true)
        {
            nint size = Libc.Read(_outputs[output], buffer, buffer.Length);
            if (size > 0)
            {
                _cutters[output].Take(buffer[..(int)size]);
            }
            else if (size == 0 || Marshal.GetLastPInvokeError() is not (Libc.EINTR or Libc.EAGAIN))
            {
                return false;
            }
            else if (Marshal.GetLastPInvokeError() == Libc.EAGAIN)
            {
                return true;
            }
        }
    }

    private WorkerExit Reap()
    {
        lock (_reaping)
        {
            _ = Libc.Kill(-_process, Libc.SIGKILL);
            WorkerExit exit = Libc.Reap(_process);
            _reaped = true;
            _processDescriptor.Dispose();
            return exit;
        }
    }
}
