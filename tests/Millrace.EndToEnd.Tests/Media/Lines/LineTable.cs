using System.Globalization;

namespace Millrace.EndToEnd.Tests.Media.Lines;

/// <summary>Prints what was measured, and adds it as a row to the file that MILLRACE_LINE_TABLE names, if it does.</summary>
internal static class LineTable
{
    private const string Variable = "MILLRACE_LINE_TABLE";

    public static async Task AddAsync(string profile, int seed, LineFigures figures)
    {
        string row = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            | {profile} | {seed} | {figures.FramesPerSecond:0.0} of {figures.PaintedPerSecond:0.0} | {figures.Freezes} | {figures.Frozen / 1000:0.0} | {figures.LongestGap / 1000:0.00} | {Share(figures.Concealed)} | {Seconds(figures.Connected)} | {Seconds(figures.Smaller)} | {Seconds(figures.Whole)} |
            """);
        await TestContext.Out.WriteLineAsync(row);
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path)
        {
            await File.AppendAllTextAsync(path, $"{row}\n");
        }
    }

    private static string Share(double? share) => share is { } value ? value.ToString("P1", CultureInfo.InvariantCulture) : string.Empty;

    private static string Seconds(double? ms) => ms is { } value ? (value / 1000).ToString("0.00", CultureInfo.InvariantCulture) : string.Empty;
}
