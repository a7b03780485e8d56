using System.Text.RegularExpressions;

namespace Millrace.Tidy.Tests;

/// <summary>The rooms of native/ stand in one order, and each sees only what stands below it.</summary>
[Parallelizable(ParallelScope.All)]
public sealed partial class NativeRoomTests
{
    // From the bottom up, as native/CMakeLists.txt and docs/ARCHITECTURE.md list them.
    private static readonly string[] Rooms =
        ["base", "wire", "protocol", "media", "routing", "worker", "io", "abi"];

    // Third-party headers and the only places that may include them.
    private static readonly (string Header, string[] Allowed)[] ThirdParty =
    [
        ("openssl/", ["native/protocol/"]),
        ("intel-ipsec-mb", ["native/protocol/"]),
        ("uv.h", ["native/io/"]),
        ("flatbuffers/", ["native/worker/convert"]),
        ("schema/", ["native/worker/convert", "bench/load/"]),
        // OpenSSL gives its DTLS timer as a timeval.
        ("sys/", ["native/io/", "native/abi/", "bench/load/", "native/protocol/dtls"]),
        ("netinet/", ["native/io/", "bench/load/"]),
        ("unistd.h", ["native/io/", "native/abi/", "bench/load/"]),
        ("thread", ["native/io/", "native/abi/"]),
        ("mutex", ["native/io/", "native/abi/"]),
        ("atomic", ["native/io/", "native/abi/"]),
        ("chrono", ["native/io/", "native/abi/", "bench/load/"]),
    ];

    // What must not be called below io/: clocks, chance, the heap by hand.
    private static readonly (Regex Pattern, string Instead)[] Banned =
    [
        (Clock(), "take a Timestamp argument"),
        (Chance(), "take a Random argument"),
        (Heap(), "use a value, std::make_unique or a Pool"),
        (Shared(), "own it, borrow it, or use a Ref from a Pool"),
        (Sleep(), "nothing below io/ waits"),
    ];

    private static readonly string[] BannedLastWords =
        ["Manager", "Helper", "Utils", "Handler", "Base", "Impl", "Data", "Info"];

    // The channel's own nouns keep their names.
    private static readonly string[] SchemaNouns = ["ListenInfo"];

    public static IEnumerable<string> Sources() => Repository.Files("native", ".h", ".cc");

    [TestCaseSource(nameof(Sources))]
    public void Room_IncludesOnlyRoomsBelowIt(string file)
    {
        int room = Array.IndexOf(Rooms, file.Split('/')[1]);

        string[] upward = [.. Includes(file)
            .Select(include => include.Split('/')[0])
            .Where(other => Array.IndexOf(Rooms, other) > room)];

        Assert.That(room, Is.GreaterThanOrEqualTo(0), $"{file} stands in no known room");
        Assert.That(upward, Is.Empty, $"{file} looks up");
    }

    [Test]
    public void ProtocolAndMedia_DoNotKnowEachOther()
    {
        string[] crossing = [.. Sources()
            .Where(file => file.StartsWith("native/media/", StringComparison.Ordinal))
            .Where(file => Includes(file).Any(i => i.StartsWith("protocol/", StringComparison.Ordinal)))];

        Assert.That(crossing, Is.Empty);
    }

    [TestCaseSource(nameof(Sources))]
    public void ThirdPartyHeader_StaysInItsRoom(string file)
    {
        string[] strays = [.. AllIncludes(file)
            .Where(include => ThirdParty.Any(rule =>
                (include == rule.Header || (rule.Header.EndsWith('/') && include.StartsWith(rule.Header, StringComparison.Ordinal)))
                && !rule.Allowed.Any(place => file.StartsWith(place, StringComparison.Ordinal))))];

        Assert.That(strays, Is.Empty, file);
    }

    [TestCaseSource(nameof(Sources))]
    public void CodeBelowTheEdge_CallsNoClockNoChanceNoHeap(string file)
    {
        if (file.StartsWith("native/io/", StringComparison.Ordinal) || file.StartsWith("native/abi/", StringComparison.Ordinal))
        {
            Assert.Pass("the edge is where the outside world is");
        }

        string[] found = [.. Repository.Lines(file)
            .Select((line, index) => (Code: Comment().Replace(line, string.Empty), Number: index + 1))
            .SelectMany(line => Banned.Where(rule => rule.Pattern.IsMatch(line.Code))
                .Select(rule => $"{file}:{line.Number}: {rule.Instead}: {line.Code.Trim()}"))];

        Assert.That(found, Is.Empty);
    }

    [TestCaseSource(nameof(Sources))]
    public void TypeName_IsADomainNoun(string file)
    {
        string[] found = [.. Repository.Lines(file)
            .Select(line => TypeDefinition().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["name"].Value)
            .Where(name => !SchemaNouns.Contains(name))
            .Where(name => BannedLastWords.Any(word => name.EndsWith(word, StringComparison.Ordinal)))];

        Assert.That(found, Is.Empty, file);
    }

    private static IEnumerable<string> Includes(string file) =>
        Repository.Lines(file)
            .Select(line => OwnInclude().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["path"].Value)
            .Where(path => path.Contains('/', StringComparison.Ordinal));

    private static IEnumerable<string> AllIncludes(string file) =>
        Repository.Lines(file)
            .Select(line => AnyInclude().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["path"].Value);

    [GeneratedRegex("^#include \"(?<path>[^\"]+)\"")]
    private static partial Regex OwnInclude();

    [GeneratedRegex("^#include [<\"](?<path>[^>\"]+)[>\"]")]
    private static partial Regex AnyInclude();

    [GeneratedRegex(@"//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(steady_clock|system_clock|high_resolution_clock|clock_gettime|gettimeofday)\b|\bstd::time\(")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\b(std::rand|srand|random_device|mt19937|uniform_int_distribution)\b")]
    private static partial Regex Chance();

    [GeneratedRegex(@"=\s*new\s|\breturn new\s|\bdelete\s+\w|\bmalloc\(|\bfree\(")]
    private static partial Regex Heap();

    [GeneratedRegex(@"\b(std::shared_ptr|std::make_shared|thread_local)\b")]
    private static partial Regex Shared();

    [GeneratedRegex(@"\b(usleep|nanosleep|sleep_for|sleep_until)\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"^\s*(?:class|struct|enum class)\s+(?<name>[A-Z]\w*)\s*(?:final\s*)?[:{]")]
    private static partial Regex TypeDefinition();
}
