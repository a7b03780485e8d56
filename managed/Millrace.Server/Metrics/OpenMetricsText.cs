using System.Globalization;
using System.Text;

namespace Millrace.Server.Metrics;

/// <summary>
/// Writes metrics as OpenMetrics text 1.0. Names of instruments become names of that format: dots and dashes are underscores, the
/// unit is the last word of the name, and what a counter counted in all ends in <c>_total</c>.
/// </summary>
internal static class OpenMetricsText
{
    public const string ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>The whole exposition, with its end mark. Of two families of one name the first is written.</summary>
    public static string Write(IEnumerable<MetricFamily> families)
    {
        StringBuilder text = new();
        HashSet<string> names = [];
        foreach (MetricFamily family in families)
        {
            string unit = UnitOf(family.Unit);
            string name = NameOf(family.Name, unit);
            if (names.Add(name))
            {
                WriteFamily(text, family, name, unit);
            }
        }
        return text.Append("# EOF\n").ToString();
    }

    /// <summary>The name of an instrument as this format has it, without the counter's ending.</summary>
    public static string NameOf(MetricFamily family) => NameOf(family.Name, UnitOf(family.Unit));

    private static void WriteFamily(StringBuilder text, MetricFamily family, string name, string unit)
    {
        text.Append("# TYPE ").Append(name).Append(' ').Append(Word(family.Kind)).Append('\n');
        if (unit.Length > 0)
        {
            text.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
        }
        text.Append("# HELP ").Append(name).Append(' ').Append(Escape(family.Help)).Append('\n');
        foreach (MetricSeries series in family.Series)
        {
            if (family.Kind == MetricKind.Histogram)
            {
                WriteHistogram(text, name, series);
            }
            else
            {
                WriteSample(text, family.Kind == MetricKind.Counter ? name + "_total" : name, series.Labels, series.Value);
            }
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, MetricSeries series)
    {
        foreach ((string bound, double count) in series.Buckets)
        {
            WriteSample(text, name + "_bucket", [.. series.Labels, KeyValuePair.Create("le", bound)], count);
        }
        WriteSample(text, name + "_count", series.Labels, series.Buckets.Count == 0 ? 0 : series.Buckets[^1].Count);
        WriteSample(text, name + "_sum", series.Labels, series.Value);
    }

    // name{label="value",...} number
    private static void WriteSample(StringBuilder text, string name, IReadOnlyList<KeyValuePair<string, string>> labels, double value)
    {
        text.Append(name);
        if (labels.Count > 0)
        {
            text.Append('{')
                .AppendJoin(',', labels.Select(label => $"{Letters(label.Key)}=\"{Escape(label.Value)}\""))
                .Append('}');
        }
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    // UCUM's words as this format's base units; what is counted ({packet}) has none.
    private static string UnitOf(string unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        "bit/s" => "bits_per_second",
        _ => string.Empty,
    };

    private static string NameOf(string name, string unit)
    {
        string letters = Letters(name);
        return unit.Length == 0 || letters.EndsWith("_" + unit, StringComparison.Ordinal) ? letters : $"{letters}_{unit}";
    }

    // [a-zA-Z_][a-zA-Z0-9_]*
    private static string Letters(string name)
    {
        string letters = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return letters.Length == 0 || char.IsAsciiDigit(letters[0]) ? "_" + letters : letters;
    }

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Word(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        MetricKind.Histogram => "histogram",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The kind is not known."),
    };
}
