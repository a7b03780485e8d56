using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Millrace.Benchmarks;

internal static class Program
{
    /// <summary>Runs the benchmarks that the arguments choose (BenchmarkDotNet's own, such as <c>--filter '*'</c>).</summary>
    private static int Main(string[] arguments)
    {
        // In this process: the projects' own build settings (artifacts folder, local package) stay out of the way.
        IConfig config = DefaultConfig.Instance
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumn(StatisticColumn.OperationsPerSecond)
            .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
        bool failed = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
            .Run(arguments, config)
            .Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success));
        return failed ? 1 : 0;
    }
}
