using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Interop;

/// <summary>The system calls the framework does not offer. Linux; constants are the same on x64 and arm64.</summary>
internal static partial class Libc
{
    public const int EAGAIN = 11;
    public const int EINTR = 4;

    public const int O_RDWR = 2;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int F_SETFL = 4;
    public const int EFD_CLOEXEC = O_CLOEXEC;

    public const short POLLIN = 1;
    public const short POLLOUT = 4;

    public const int SIGKILL = 9;
    public const int SIGTERM = 15;

    public const short POSIX_SPAWN_SETSIGDEF = 0x04;
    public const short POSIX_SPAWN_SETSIGMASK = 0x08;
    public const short POSIX_SPAWN_SETSID = 0x80;

    /// <summary>Room for posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t (80, 336 and 128 bytes in glibc).</summary>
    public const int OpaqueBytes = 512;

    private const long SysPidfdOpen = 434;
    private const int PPid = 1;
    private const int WExited = 4;
    private const int CldExited = 1;

    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe2(Span<int> ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle descriptor, Span<byte> bytes, nint size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle descriptor, ReadOnlySpan<byte> bytes, nint size);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Span<PollEntry> entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Spawn(
        out int process, string file, Span<byte> actions, Span<byte> attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int SpawnActionsInit(Span<byte> actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int SpawnActionsDestroy(Span<byte> actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int SpawnActionsAddDup2(Span<byte> actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SpawnActionsAddOpen(Span<byte> actions, int to, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int SpawnActionsAddCloseFrom(Span<byte> actions, int first);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int SpawnAttributesInit(Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int SpawnAttributesDestroy(Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SpawnAttributesSetFlags(Span<byte> attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SpawnAttributesSetSigDefault(Span<byte> attributes, ReadOnlySpan<byte> signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SpawnAttributesSetSigMask(Span<byte> attributes, ReadOnlySpan<byte> signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    public static partial int SigFillSet(Span<byte> signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    public static partial int SigEmptySet(Span<byte> signals);

    /// <summary>A descriptor that becomes readable when the process ends (Linux 5.3).</summary>
    public static int PidFdOpen(int process) => (int)SysCall(SysPidfdOpen, process, 0);

    /// <summary>Takes the end of a process that has ended, waiting for it if it has not.</summary>
    public static WorkerExit Reap(int process)
    {
        Span<int> info = stackalloc int[32];
        info.Clear();
        while (WaitId(PPid, process, info, WExited, 0) != 0)
        {
            // ECHILD: somebody made the kernel reap children by itself (SIGCHLD ignored); the end is lost.
            if (Marshal.GetLastPInvokeError() != EINTR)
            {
                return default;
            }
        }

        // siginfo_t of SIGCHLD: signo, errno, code, padding, pid, uid, status.
        return info[2] == CldExited ? new WorkerExit(info[6], null) : new WorkerExit(null, info[6]);
    }

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitId(int kind, int id, Span<int> info, int options, nint usage);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SysCall(long number, long first, long second);
}
