namespace Millrace.EndToEnd.Tests.Media.Lines;

/// <summary>By which seeds lines lose datagrams: one in a test run, those that are named for a table.</summary>
internal static class LineSeeds
{
    private const string Variable = "MILLRACE_LINE_SEEDS";

    /// <summary>A table is being made: what the worst of seeds does is shown, and not left out so that tests are steady.</summary>
    public static bool AreNamed { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    public static IEnumerable<int> All { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? [.. named.Split(',').Select(int.Parse)]
        : [1];
}
