using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Millrace.Tidy.Tests;

/// <summary>The C# projects refer to each other in one direction, and each speaks only of its own world.</summary>
[Parallelizable(ParallelScope.All)]
public sealed partial class ManagedRoomTests
{
    // From the bottom up.
    private static readonly string[] Rooms =
        ["Millrace.Interop", "Millrace.Controller", "Millrace.Rooms", "Millrace.Signaling", "Millrace.Server"];

    private static readonly string[] Protocols = ["Taoyao", "Protoo", "Meeting", "Stream", "TalkRoom"];

    private static readonly (Regex Pattern, string Instead)[] Banned =
    [
        (Clock(), "ask the injected TimeProvider"),
        (Chance(), "take ids and chance as arguments"),
        (Delay(), "wait with the injected TimeProvider"),
        (Forgotten(), "give the task an owner that awaits it"),
    ];

    public static IEnumerable<string> Sources() =>
        Repository.Files("managed", ".cs").Concat(Repository.Files("interop", ".cs")).Where(f => !Repository.IsGenerated(f));

    public static IEnumerable<string> Projects() =>
        Repository.Files("managed", ".csproj").Concat(Repository.Files("interop/Millrace.Interop", ".csproj"));

    [TestCaseSource(nameof(Projects))]
    public void Project_RefersOnlyToProjectsBelowIt(string file)
    {
        int room = Array.IndexOf(Rooms, Path.GetFileNameWithoutExtension(file));

        string[] upward = [.. XDocument.Parse(Repository.Text(file)).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))
            .Where(name => Array.IndexOf(Rooms, name) >= room)];

        Assert.That(room, Is.GreaterThanOrEqualTo(0), $"{file} is no known room");
        Assert.That(upward, Is.Empty);
    }

    [Test]
    public void GeneratedChannelTypes_StopAtTheController()
    {
        string[] strays = [.. Sources()
            .Where(f => !f.StartsWith("managed/Millrace.Controller/", StringComparison.Ordinal))
            .Where(f => !f.StartsWith("interop/", StringComparison.Ordinal))
            .Where(f => ChannelTypes().IsMatch(Repository.Text(f)))];

        Assert.That(strays, Is.Empty);
    }

    [Test]
    public void ControllerConvertsInOneRoom()
    {
        string[] strays = [.. Sources()
            .Where(f => f.StartsWith("managed/Millrace.Controller/", StringComparison.Ordinal))
            .Where(f => !f.StartsWith("managed/Millrace.Controller/Wire/", StringComparison.Ordinal)
                && !f.StartsWith("managed/Millrace.Controller/Channel/", StringComparison.Ordinal))
            .Where(f => ChannelTypes().IsMatch(Repository.Text(f)))];

        Assert.That(strays, Is.Empty);
    }

    [TestCase("managed/Millrace.Rooms")]
    [TestCase("managed/Millrace.Controller")]
    public void Json_StaysInSignaling(string folder)
    {
        string[] strays = [.. Repository.Files(folder, ".cs")
            .Where(f => Repository.Text(f).Contains("System.Text.Json", StringComparison.Ordinal))];

        Assert.That(strays, Is.Empty);
    }

    [Test]
    public void ProtocolFolders_DoNotNameEachOther()
    {
        string[] crossing = [.. Protocols.SelectMany(own => Repository.Files($"managed/Millrace.Signaling/{own}", ".cs")
            .Where(f => Protocols.Where(p => p != own)
                .Any(other => Repository.Text(f).Contains($"Millrace.Signaling.{other}", StringComparison.Ordinal))))];

        Assert.That(crossing, Is.Empty);
    }

    [TestCaseSource(nameof(Sources))]
    public void Code_CallsNoClockNoChanceAndForgetsNoTask(string file)
    {
        if (file.StartsWith("managed/Millrace.Server/", StringComparison.Ordinal))
        {
            Assert.Pass("the server is where the outside world is given to the rest");
        }

        string[] found = [.. Repository.Lines(file)
            .Select((line, index) => (Code: Comment().Replace(line, string.Empty), Number: index + 1))
            .SelectMany(line => Banned.Where(rule => rule.Pattern.IsMatch(line.Code))
                .Select(rule => $"{file}:{line.Number}: {rule.Instead}: {line.Code.Trim()}"))];

        Assert.That(found, Is.Empty);
    }

    [Test]
    public void RoomsAndController_HoldNoLockOfTheirOwn()
    {
        // Locks exist in the registry, the channel's pending table and the socket's send side.
        string[] allowed = ["managed/Millrace.Rooms/RoomRegistry.cs", "managed/Millrace.Controller/Channel/"];

        string[] found = [.. Repository.Files("managed/Millrace.Rooms", ".cs")
            .Concat(Repository.Files("managed/Millrace.Controller", ".cs"))
            .Where(f => !allowed.Any(a => f.StartsWith(a, StringComparison.Ordinal)))
            .Where(f => Locks().IsMatch(Repository.Text(f)))];

        Assert.That(found, Is.Empty);
    }

    [Test]
    public void LogEventIds_AreUniqueInAProject()
    {
        string[] repeated = [.. Sources()
            .SelectMany(f => LogId().Matches(Repository.Text(f)).Select(m => (Project: f.Split('/')[1], Id: m.Groups["id"].Value)))
            .GroupBy(x => x).Where(g => g.Count() > 1).Select(g => $"{g.Key.Project} {g.Key.Id}")];

        Assert.That(repeated, Is.Empty);
    }

    [GeneratedRegex(@"\bMillrace\.Schema\b|\busing FlatBuffers\b|\bFlatBufferBuilder\b")]
    private static partial Regex ChannelTypes();

    [GeneratedRegex(@"//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(Now|UtcNow)\b|\bStopwatch\.(StartNew|GetTimestamp)\b|\bEnvironment\.TickCount")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\bGuid\.NewGuid\b|\bRandom\.Shared\b|\bnew Random\(")]
    private static partial Regex Chance();

    [GeneratedRegex(@"\bThread\.Sleep\b|\bTask\.Delay\((?!.*([tT]imeProvider|_time|\btime\b))")]
    private static partial Regex Delay();

    [GeneratedRegex(@"_ = Task\.Run|\basync void\b")]
    private static partial Regex Forgotten();

    [GeneratedRegex(@"\block\s*\(|\bConcurrentDictionary<|\bSemaphoreSlim\b")]
    private static partial Regex Locks();

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex LogId();
}
