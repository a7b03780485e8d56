using System.Text.Json.Nodes;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>
/// The controller of the npm package mediasoup takes our worker through one long session, tests/node/scenario.mjs, with media
/// and data under way; it reaches every method and every event of the channel.
/// </summary>
public sealed class NodeScenarioTests
{
    private JsonNode _report = null!;

    [OneTimeSetUp]
    public async Task Run() => _report = await NodeScript.RunAsync("tests/node/scenario.mjs");

    [Test]
    public void EveryStep_Holds()
    {
        JsonNode?[] failed = [.. _report["steps"]!.AsArray().Where(step => !(bool)step!["ok"]!)];

        Assert.That(_report["steps"]!.AsArray(), Is.Not.Empty);
        Assert.That(failed, Is.Empty, () => string.Join("\n\n", failed.Select(step => $"{step!["name"]}\n{step["reason"]}")));
    }

    [Test]
    public void EveryMethod_IsAccepted() => Assert.That(_report["missingMethods"]!.AsArray(), Is.Empty);

    [Test]
    public void EveryEvent_IsSeen() => Assert.That(_report["missingEvents"]!.AsArray(), Is.Empty);
}
