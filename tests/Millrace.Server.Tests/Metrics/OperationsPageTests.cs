using System.Runtime.CompilerServices;
using System.Text;
using Millrace.Controller;
using Millrace.Rooms;
using Millrace.Server.Metrics;
using Millrace.Signaling.Core;
using Millrace.Testing;

namespace Millrace.Server.Tests.Metrics;

/// <summary>The table of metrics in docs/OPERATIONS.md is printed from the instruments.</summary>
internal sealed class OperationsPageTests
{
    private const string Begin = "<!-- metrics: printed from the instruments -->\n";
    private const string End = "<!-- end of metrics -->";

    [Test]
    public async Task TheTable_IsPrintedFromTheInstruments()
    {
        string file = Path.Combine("docs", "OPERATIONS.md");
        string page = await File.ReadAllTextAsync(Path.Combine(BuiltWorker.Repository(), file));
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);

        IReadOnlyList<MetricFamily> families = await InstrumentsAsync();

        Committed.Check(file, page[..begin] + Table(families) + page[end..]);
    }

    [Test]
    public async Task EveryInstrument_HasAMeaningAndAName_OfItsOwn()
    {
        IReadOnlyList<MetricFamily> families = await InstrumentsAsync();

        Assert.That(families.Select(OpenMetricsText.NameOf), Is.Unique);
        Assert.That(families.Where(family => !family.Help.EndsWith('.')).Select(family => family.Name), Is.Empty);
        Assert.That(families.Where(family => !family.Name.StartsWith("millrace.", StringComparison.Ordinal)), Is.Empty);
    }

    private static async Task<IReadOnlyList<MetricFamily>> InstrumentsAsync()
    {
        RuntimeHelpers.RunClassConstructor(typeof(RoomMetrics).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(SignalMetrics).TypeHandle);
        await using WorkerMeter workers = WorkerMeter.Start([], TimeSpan.FromHours(1), TimeProvider.System);
        using MetricRegister register = new(new HashSet<string> { WorkerMeter.MeterName, RoomMetrics.MeterName, SignalMetrics.MeterName });
        // Another test's instruments of the same name may be there too.
        return [.. register.Collect().DistinctBy(family => family.Name).OrderBy(family => family.Name, StringComparer.Ordinal)];
    }

    private static string Table(IReadOnlyList<MetricFamily> families)
    {
        StringBuilder text = new("| metric | type | what it tells |\n|---|---|---|\n");
        foreach (MetricFamily family in families)
        {
            string ending = family.Kind == MetricKind.Counter ? "_total" : string.Empty;
            text.Append($"| `{OpenMetricsText.NameOf(family)}{ending}` | {family.Kind.ToString().ToLowerInvariant()} | {family.Help} |\n");
        }
        return text.ToString();
    }
}
