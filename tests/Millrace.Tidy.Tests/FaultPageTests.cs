using System.Text.RegularExpressions;

namespace Millrace.Tidy.Tests;

/// <summary>docs/FAULTS.md has every row of its groups, and each row that holds names tests that are there.</summary>
[Parallelizable(ParallelScope.All)]
public sealed partial class FaultPageTests
{
    private const string Page = "docs/FAULTS.md";

    // Each group and the number of its last row.
    private static readonly (string Group, int Last)[] Groups =
        [("SI", 16), ("DT", 13), ("SR", 15), ("RT", 16), ("RC", 6), ("SC", 7), ("IP", 10), ("WK", 11)];

    private static readonly string[] Verdicts = ["yes", "no", "partly"];

    private sealed record Row(string Id, string Verdict, string Tests);

    [Test]
    public void EveryRow_IsThereOnce()
    {
        string[] wanted = [.. Groups.SelectMany(g => Enumerable.Range(1, g.Last).Select(n => $"{g.Group}-{n:00}"))];

        Assert.That(Rows().Select(row => row.Id), Is.EqualTo(wanted));
    }

    [Test]
    public void EveryRow_SaysWhetherItHolds() =>
        Assert.That(Rows().Where(row => !Verdicts.Contains(row.Verdict)).Select(row => $"{row.Id} {row.Verdict}"), Is.Empty);

    [Test]
    public void EveryRowThatHolds_NamesATest() =>
        Assert.That(Rows().Where(row => row.Verdict == "yes" && !Reference().IsMatch(row.Tests)).Select(row => row.Id), Is.Empty);

    [Test]
    public void EveryTestThatIsNamed_Exists()
    {
        List<string> missing = [];
        foreach (Row row in Rows())
        {
            foreach (string part in row.Tests.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                Match reference = Reference().Match(part);
                string file = $"tests/{reference.Groups["file"].Value}";
                if (!reference.Success || !File.Exists(Path.Combine(Repository.Root, file)))
                {
                    missing.Add($"{row.Id} {part}");
                    continue;
                }
                string text = Repository.Text(file);
                missing.AddRange(reference.Groups["name"].Captures
                    .Where(name => !Regex.IsMatch(text, $@"\b{name.Value}\b"))
                    .Select(name => $"{row.Id} {file} {name.Value}"));
            }
        }

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void EveryFuzzTarget_IsNamedAndHasACorpus()
    {
        string page = Repository.Text(Page);
        string[] targets = [.. Repository.Files("tests/native/fuzz", "_fuzz.cc")];

        Assert.That(targets.Where(t => !page.Contains(t["tests/".Length..], StringComparison.Ordinal)), Is.Empty);
        Assert.That(
            targets.Where(t => !Repository.Files(
                $"tests/native/fuzz/corpus/{Path.GetFileNameWithoutExtension(t)[..^"_fuzz".Length]}").Any()),
            Is.Empty);
    }

    private static IEnumerable<Row> Rows() =>
        from line in Repository.Lines(Page)
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        where cells.Length == 6 && Id().IsMatch(cells[1])
        select new Row(cells[1], cells[3], cells[4]);

    [GeneratedRegex(@"^[A-Z]{2}-\d{2}$")]
    private static partial Regex Id();

    // `native/wire/stun_test.cc`: AnyCutIsRefused, FingerprintMustComeLast
    [GeneratedRegex(@"^`(?<file>[^`]+)`(: (?<name>\w+)(, (?<name>\w+))*)?")]
    private static partial Regex Reference();
}
