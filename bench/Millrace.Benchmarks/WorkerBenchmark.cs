using BenchmarkDotNet.Attributes;
using Millrace.Controller;

namespace Millrace.Benchmarks;

/// <summary>The channel as a controller's user meets it: a typed request, awaited, with its typed answer.</summary>
public class WorkerBenchmark
{
    private const int InFlight = 64;

    private readonly Task[] _answers = new Task[InFlight];
    private Worker? _worker;

    /// <summary>How the worker runs.</summary>
    [Params(WorkerMode.Process, WorkerMode.InProcess)]
    public WorkerMode Mode { get; set; }

    /// <summary>Starts the worker. BenchmarkDotNet does not await a set-up in process.</summary>
    [GlobalSetup]
    public void Start() => _worker = Worker.StartAsync(new WorkerOptions { Mode = Mode }).GetAwaiter().GetResult();

    /// <summary>Ends the worker.</summary>
    [GlobalCleanup]
    public void Stop() => _worker!.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>One request, and its answer.</summary>
    [Benchmark]
    public Task RoundTrip() => _worker!.DumpAsync();

    /// <summary>What a poll of the metrics costs: the worker's counters, all of them.</summary>
    [Benchmark]
    public Task Counters() => _worker!.GetCountersAsync();

    /// <summary>64 requests at once, and their answers; per request.</summary>
    [Benchmark(OperationsPerInvoke = InFlight)]
    public Task SixtyFourInFlight()
    {
        for (int i = 0; i < InFlight; i++)
        {
            _answers[i] = _worker!.DumpAsync();
        }

        return Task.WhenAll(_answers);
    }
}
