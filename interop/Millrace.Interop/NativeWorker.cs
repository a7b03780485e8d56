using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Interop.Abi;

namespace Millrace.Interop;

/// <summary>
/// A worker as a thread of this process, from the library libmillrace. It is the quickest way to reach a
/// worker and the least forgiving: a worker that crashes takes this process with it.
/// </summary>
public sealed class NativeWorker : IWorkerHost
{
    // How long the write loop waits before it offers a frame again that the worker had no room for.
    private static readonly TimeSpan FullQueuePause = TimeSpan.FromMilliseconds(1);

    // Flushed bytes that the worker did not take, before a flush has to be waited for.
    private const long UnsentBytesMax = 1 << 20;

    private static readonly Lock Loading = new();
    private static string? _libraryPath;
    private static nint _library;

    [SuppressMessage("Usage", "CA2213", Justification = "EndAsync disposes of it, on a thread that may wait.")]
    private readonly WorkerHandle _worker;
    private readonly Pipe _sending;
    private readonly TimeProvider _time;
    private readonly Task _writerDone;
    private readonly Lazy<Task> _end;
    private volatile bool _ending;

    private NativeWorker(NativeWorkerOptions options)
    {
        _time = options.TimeProvider;
        FrameSink sink = new();
        _worker = Start(options.Settings, sink);
        _sending = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: UnsentBytesMax,
            resumeWriterThreshold: UnsentBytesMax / 2,
            useSynchronizationContext: false));
        Channel = new Ends(sink.Frames, _sending.Writer);
        Exited = sink.Ended;
        _writerDone = WriteLoopAsync();
        _end = new Lazy<Task>(EndAsync);
    }

    /// <inheritdoc />
    public IDuplexPipe Channel { get; }

    /// <inheritdoc />
    public int ProcessId => Environment.ProcessId;

    /// <inheritdoc />
    public Task<WorkerExit> Exited { get; }

    /// <summary>Loads the library, if no worker has yet, and starts a worker.</summary>
    /// <exception cref="WorkerStartException">The library cannot be used, or the worker refuses its settings.</exception>
    public static NativeWorker Start(NativeWorkerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (Loading)
        {
            Load(Path.GetFullPath(options.LibraryPath ?? NativeFiles.FindWorkerLibrary()));
        }

        return new NativeWorker(options);
    }

    /// <summary>Ends the worker once it has carried out what was flushed, and waits for its thread.</summary>
    public ValueTask DisposeAsync() => new(_end.Value);

    private static void Load(string path)
    {
        if (path == _libraryPath)
        {
            return;
        }

        nint library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            throw new WorkerStartException($"The worker library {path} cannot be loaded: {failure.Message}", failure);
        }

        string? refusal = Refuse(library);
        if (refusal is null && _library != 0)
        {
            refusal = $"this process already uses {_libraryPath}.";
        }

        if (refusal is not null)
        {
            NativeLibrary.Free(library);
            throw new WorkerStartException($"The worker library {path} cannot be used: {refusal}");
        }

        (_library, _libraryPath) = (library, path);
        NativeLibrary.SetDllImportResolver(typeof(MillraceNative).Assembly, Resolve);
    }

    // Why the library is not the one these bindings were made for, or null. Calls nothing else of it.
    private static unsafe string? Refuse(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, nameof(MillraceNative.mr_abi_version), out nint export))
        {
            return "it is not a Millrace worker library (it has no mr_abi_version).";
        }

        uint version = ((delegate* unmanaged[Cdecl]<uint>)export)();
        return version == MillraceNative.MR_ABI_VERSION
            ? null
            : $"its ABI version is {version}, and this build of Millrace needs version {MillraceNative.MR_ABI_VERSION}.";
    }

    private static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? search) =>
        name == "millrace" ? _library : 0;

    private static unsafe WorkerHandle Start(WorkerSettings settings, FrameSink sink)
    {
        WorkerHandle handle = new(sink);
        nint certificate = Marshal.StringToCoTaskMemUTF8(settings.DtlsCertificateFile);
        nint key = Marshal.StringToCoTaskMemUTF8(settings.DtlsPrivateKeyFile);
        try
        {
            mr_config config = new()
            {
                struct_size = (uint)sizeof(mr_config),
                abi_version = MillraceNative.MR_ABI_VERSION,
                log_level = (uint)settings.LogLevel,
                log_tags = (uint)settings.LogTags,
                rtc_min_port = settings.RtcMinPort,
                rtc_max_port = settings.RtcMaxPort,
                dtls_certificate_file = (sbyte*)certificate,
                dtls_private_key_file = (sbyte*)key,
            };
            mr_worker* worker = null;
            mr_error error = default;
            mr_status status = MillraceNative.mr_worker_start(&config, &OnFrame, handle.User, &worker, &error);
            if (status != mr_status.MR_OK)
            {
                string reason = Marshal.PtrToStringUTF8((nint)error.text) ?? "";
                handle.Dispose();
                throw new WorkerStartException($"The worker does not start ({status}): {reason}");
            }

            handle.Adopt(worker);
            return handle;
        }
        finally
        {
            Marshal.FreeCoTaskMem(certificate);
            Marshal.FreeCoTaskMem(key);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnFrame(void* user, byte* frame, nuint size)
    {
        FrameSink sink = GCHandle<FrameSink>.FromIntPtr((nint)user).Target;
        try
        {
            if (frame is null)
            {
                sink.End();
            }
            else
            {
                sink.Take(new ReadOnlySpan<byte>(frame, checked((int)size)));
            }
        }
        catch (Exception failure)
        {
            // Nothing may be thrown through the worker: the channel's reader gets it instead.
            sink.Close(failure);
        }
    }

    private async Task WriteLoopAsync()
    {
        PipeReader reader = _sending.Reader;
        Exception? failure = null;
        bool open = true;
        while (open)
        {
            // Cancelled by EndAsync, a read still brings all that was flushed before.
            ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            try
            {
                while (open && TryCutFrame(ref buffer, out ReadOnlySequence<byte> frame))
                {
                    open = await SendAsync(frame).ConfigureAwait(false);
                }
            }
            catch (InvalidDataException invalid)
            {
                failure = invalid;
                open = false;
            }

            open = open && !result.IsCompleted && !result.IsCanceled;
            reader.AdvanceTo(buffer.Start, buffer.End);
        }

        await reader.CompleteAsync(failure).ConfigureAwait(false);
    }

    // u32 little-endian length, then as many bytes.
    private static bool TryCutFrame(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (buffer.Length < sizeof(uint))
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[sizeof(uint)];
        buffer.Slice(0, sizeof(uint)).CopyTo(prefix);
        long size = sizeof(uint) + (long)BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        if (size > MillraceNative.MR_FRAME_BYTES_MAX)
        {
            throw new InvalidDataException($"A frame of {size} bytes is larger than the channel allows.");
        }

        if (buffer.Length < size)
        {
            return false;
        }

        frame = buffer.Slice(0, size);
        buffer = buffer.Slice(size);
        return true;
    }

    // False: the worker takes nothing more.
    private async ValueTask<bool> SendAsync(ReadOnlySequence<byte> frame)
    {
        mr_status status = Send(frame);
        while (status == mr_status.MR_QUEUE_FULL && !_ending)
        {
            await Task.Delay(FullQueuePause, _time).ConfigureAwait(false);
            status = Send(frame);
        }

        return status == mr_status.MR_OK;
    }

    private mr_status Send(ReadOnlySequence<byte> frame)
    {
        if (frame.IsSingleSegment)
        {
            return _worker.Send(frame.FirstSpan);
        }

        int size = (int)frame.Length;
        byte[] whole = ArrayPool<byte>.Shared.Rent(size);
        frame.CopyTo(whole);
        mr_status status = _worker.Send(whole.AsSpan(0, size));
        ArrayPool<byte>.Shared.Return(whole);
        return status;
    }

    private async Task EndAsync()
    {
        _ending = true;
        _sending.Reader.CancelPendingRead();
        await _writerDone.ConfigureAwait(false);

        // Waits for the worker's thread, which may take as long as the work it was given.
        await Task.Run(_worker.Dispose).ConfigureAwait(false);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    // Owns the native worker and, as long as it may call back, what it calls back to.
    private sealed unsafe class WorkerHandle : SafeHandle
    {
        private GCHandle<FrameSink> _sink;

        public WorkerHandle(FrameSink sink)
            : base(0, ownsHandle: true) => _sink = new GCHandle<FrameSink>(sink);

        public override bool IsInvalid => handle == 0;

        public void* User => (void*)GCHandle<FrameSink>.ToIntPtr(_sink);

        public void Adopt(mr_worker* worker) => SetHandle((nint)worker);

        public mr_status Send(ReadOnlySpan<byte> frame)
        {
            bool held = false;
            try
            {
                DangerousAddRef(ref held);
                fixed (byte* bytes = frame)
                {
                    return MillraceNative.mr_worker_send((mr_worker*)handle, bytes, (nuint)frame.Length);
                }
            }
            finally
            {
                if (held)
                {
                    DangerousRelease();
                }
            }
        }

        protected override bool ReleaseHandle()
        {
            bool ended = MillraceNative.mr_worker_destroy((mr_worker*)handle) == mr_status.MR_OK;
            if (ended)
            {
                _sink.Dispose();
            }

            return ended;
        }

        protected override void Dispose(bool disposing)
        {
            bool neverStarted = IsInvalid;
            base.Dispose(disposing);
            if (neverStarted)
            {
                _sink.Dispose();
            }
        }
    }
}
