using System.Buffers;
using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using FlatBuffers;
using Millrace.Interop;
using Millrace.Schema.Message;
using Millrace.Schema.Request;

namespace Millrace.Benchmarks;

/// <summary>
/// The bare channel: one WORKER_DUMP request, built beforehand, and its answer, of which only the length is
/// read. What the controller adds to it shows beside <see cref="WorkerBenchmark"/>.
/// </summary>
public class ChannelBenchmark
{
    private const int InFlight = 64;

    private readonly byte[] _request = DumpRequest();
    private readonly byte[] _requests = [.. Enumerable.Repeat(DumpRequest(), InFlight).SelectMany(frame => frame)];
    private IWorkerHost? _worker;

    /// <summary>How the worker runs.</summary>
    [Params(false, true)]
    public bool InProcess { get; set; }

    private IDuplexPipe Channel => _worker!.Channel;

    /// <summary>Starts the worker and takes its first message. BenchmarkDotNet does not await a set-up in process.</summary>
    [GlobalSetup]
    public void Start()
    {
        _worker = InProcess
            ? NativeWorker.Start(new NativeWorkerOptions())
            : WorkerProcess.Start(new WorkerProcessOptions { Path = NativeFiles.FindWorkerProgram() });
        ReadFramesAsync(1).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Ends the worker.</summary>
    [GlobalCleanup]
    public void Stop() => _worker!.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>One request, and its answer.</summary>
    [Benchmark]
    public async Task RoundTrip()
    {
        await Channel.Output.WriteAsync(_request);
        await ReadFramesAsync(1);
    }

    /// <summary>64 requests at once, and their answers; per request.</summary>
    [Benchmark(OperationsPerInvoke = InFlight)]
    public async Task SixtyFourInFlight()
    {
        await Channel.Output.WriteAsync(_requests);
        await ReadFramesAsync(InFlight);
    }

    private static byte[] DumpRequest()
    {
        FlatBufferBuilder builder = new(64);
        StringOffset handler = builder.CreateString("");
        Offset<Request> request = Request.CreateRequest(builder, 1, Method.WORKER_DUMP, handler);
        Offset<Message> message = Message.CreateMessage(builder, Millrace.Schema.Message.Body.Request, request.Value);
        builder.FinishSizePrefixed(message.Value);
        return builder.SizedByteArray();
    }

    private async ValueTask ReadFramesAsync(int count)
    {
        while (true)
        {
            ReadResult result = await Channel.Input.ReadAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (count > 0 && TrySkipFrame(ref buffer))
            {
                count--;
            }

            Channel.Input.AdvanceTo(buffer.Start, buffer.End);
            if (count == 0)
            {
                return;
            }

            if (result.IsCompleted)
            {
                throw new InvalidOperationException("The worker has ended.");
            }
        }
    }

    // u32 little-endian length, then as many bytes.
    private static bool TrySkipFrame(ref ReadOnlySequence<byte> buffer)
    {
        SequenceReader<byte> reader = new(buffer);
        if (!reader.TryReadLittleEndian(out int size) || reader.Remaining < size)
        {
            return false;
        }

        reader.Advance(size);
        buffer = reader.UnreadSequence;
        return true;
    }
}
