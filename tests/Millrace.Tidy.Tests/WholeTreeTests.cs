using System.Text.RegularExpressions;

namespace Millrace.Tidy.Tests;

/// <summary>Rules for every file, whatever its language.</summary>
[Parallelizable(ParallelScope.All)]
public sealed partial class WholeTreeTests
{
    // A file that grows is a noun that was missed.
    private const int LinesAtMost = 800;

    private static readonly string[] Code = [".cs", ".cc", ".h", ".ts", ".vue", ".css", ".sh", ".mjs", ".fbs"];

    private static readonly string[] OurNounSuffixesToAvoid =
        ["Manager", "Helper", "Utils", "Impl"];

    public static IEnumerable<string> CodeFiles() =>
        Repository.Files(".", Code).Where(f => !Repository.IsGenerated(f));

    [Test]
    public void NoFile_IsLongerThanTheLimit()
    {
        string[] tooLong = [.. CodeFiles()
            .Select(f => (File: f, Lines: Repository.Lines(f).Length))
            .Where(x => x.Lines > LinesAtMost)
            .Select(x => $"{x.Lines} {x.File}")];

        Assert.That(tooLong, Is.Empty);
    }

    [Test]
    public void NoFile_NamesAMachinePathOrARegistry()
    {
        string[] found = [.. CodeFiles().Concat(Repository.Files("docs", ".md")).Concat(["README.md"])
            .Where(f => !f.StartsWith("tests/Millrace.Tidy.Tests/", StringComparison.Ordinal))
            .SelectMany(f => Repository.Lines(f)
                .Where(line => MachinePath().IsMatch(line))
                .Select(line => $"{f}: {line.Trim()}"))];

        Assert.That(found, Is.Empty);
    }

    [Test]
    public void NoFile_IsLeftUnfinished()
    {
        string[] found = [.. CodeFiles()
            .Where(f => !f.StartsWith("tests/Millrace.Tidy.Tests/", StringComparison.Ordinal))
            .SelectMany(f => Repository.Lines(f)
                .Where(line => Unfinished().IsMatch(line))
                .Select(line => $"{f}: {line.Trim()}"))];

        Assert.That(found, Is.Empty);
    }

    [Test]
    public void NoTest_Sleeps()
    {
        string[] found = [.. Repository.Files("tests", ".cs", ".cc", ".ts")
            .Where(f => !f.StartsWith("tests/Millrace.Tidy.Tests/", StringComparison.Ordinal))
            .SelectMany(f => Repository.Lines(f)
                .Where(line => Sleep().IsMatch(line))
                .Select(line => $"{f}: {line.Trim()}"))];

        Assert.That(found, Is.Empty);
    }

    [Test]
    public void NoTypeName_HidesWhatItIs()
    {
        string[] found = [.. Repository.Files("managed", ".cs").Concat(Repository.Files("interop", ".cs"))
            .Where(f => !Repository.IsGenerated(f))
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .Where(name => OurNounSuffixesToAvoid.Any(s => name.EndsWith(s, StringComparison.Ordinal)))];

        Assert.That(found, Is.Empty);
    }

    [Test]
    public void EveryRelativeLinkInTheDocs_LeadsToAFile()
    {
        string[] broken = [.. Repository.Files("docs", ".md").Append("README.md")
            .SelectMany(f => MarkdownLink().Matches(Repository.Text(f))
                .Select(m => m.Groups["target"].Value.Split('#')[0])
                .Where(t => t.Length > 0 && !t.Contains("://", StringComparison.Ordinal))
                .Where(t => !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(f)!, t)))
                .Select(t => $"{f} -> {t}"))];

        Assert.That(broken, Is.Empty);
    }

    [Test]
    public void TheSampleInTheReadme_IsTheOneThatTheTestsRun() =>
        Assert.That(Repository.Text("README.md"), Does.Contain(Repository.Text("docs/samples/Embedding/Program.cs").TrimEnd()));

    [GeneratedRegex(@"(^|[^A-Za-z0-9_.~/-])/(tmp|work|root|home)/|https?://[a-z0-9.-]*(registry|nuget|npmjs|deb\.debian)[a-z0-9.-]*")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bThread\.Sleep\(|\bsleep_for\(|\bTask\.Delay\(\d")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex MarkdownLink();
}
