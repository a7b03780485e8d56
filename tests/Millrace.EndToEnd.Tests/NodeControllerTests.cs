using System.Text.Json.Nodes;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>
/// The npm package mediasoup drives our worker through its own controller, as a user does who replaces the worker alone. The
/// script tests/node/controller.mjs does the work; each of its sections is a test here.
/// </summary>
public sealed class NodeControllerTests
{
    private const string Version = "3.27.1";

    private static readonly string[] Sections =
    [
        "worker", "router", "webRtcServer", "webRtcTransport", "plainTransport", "media", "loss", "audioLevelObserver",
        "srtp", "refusals", "closes",
    ];

    private JsonNode _report = null!;

    [OneTimeSetUp]
    public async Task Run() => _report = await NodeScript.RunAsync("tests/node/controller.mjs");

    [Test]
    public void Package_IsTheVersionOfTheContract() => Assert.That((string)_report["version"]!, Is.EqualTo(Version));

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
