using System.Text.Json.Nodes;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>
/// Data channels of our worker against werift-sctp, an SCTP in JavaScript, over UDP. The script tests/node/sctp.mjs does the work;
/// each of its sections is a test here.
/// </summary>
public sealed class NodeSctpTests
{
    private static readonly string[] Sections = ["connects", "messages", "unordered", "pauses", "closes"];

    private JsonNode _report = null!;

    [OneTimeSetUp]
    public async Task Run() => _report = await NodeScript.RunAsync("tests/node/sctp.mjs");

    [TestCaseSource(nameof(Sections))]
    public void Section_Holds(string section)
    {
        JsonNode? check = Checks().SingleOrDefault(c => (string)c!["name"]! == section);

        Assert.That(check, Is.Not.Null, "the script ran it");
        Assert.That((bool)check!["ok"]!, Is.True, () => (string?)check["reason"] ?? "no reason given");
    }

    [Test]
    public void Script_RunsNothingElse()
    {
        Assert.That(Checks().Select(c => (string)c!["name"]!), Is.EquivalentTo(Sections));
    }

    private JsonArray Checks() => _report["checks"]!.AsArray();
}
