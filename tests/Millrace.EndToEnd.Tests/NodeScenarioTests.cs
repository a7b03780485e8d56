using System.Text.Json.Nodes;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>
/// The controller of the npm package mediasoup takes our worker through one long session, tests/node/scenario.mjs, with media
/// and data under way; it is to reach every method and every event of the channel.
/// </summary>
public sealed class NodeScenarioTests
{
    // Methods and events whose part of the worker is still to come; each goes from here with the step that reaches it.
    private static readonly string[] MethodsToCome =
    [
        "ROUTER_CREATE_PIPETRANSPORT", "ROUTER_CREATE_DIRECTTRANSPORT", "ROUTER_CREATE_ACTIVESPEAKEROBSERVER",
        "PIPETRANSPORT_CONNECT", "DATACONSUMER_SET_SUBCHANNELS", "DATACONSUMER_ADD_SUBCHANNEL", "DATACONSUMER_REMOVE_SUBCHANNEL",
    ];

    private static readonly string[] EventsToCome =
    [
        "TRANSPORT_SEND_RTCP", "PRODUCER_SEND", "DATAPRODUCER_SEND", "DIRECTTRANSPORT_RTCP", "CONSUMER_RTP",
        "DATACONSUMER_MESSAGE", "ACTIVESPEAKEROBSERVER_DOMINANT_SPEAKER",
    ];

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
    public void EveryMethod_IsAccepted() => Assert.That(Names("missingMethods"), Is.SubsetOf(MethodsToCome));

    [Test]
    public void EveryEvent_IsSeen() => Assert.That(Names("missingEvents"), Is.SubsetOf(EventsToCome));

    private IEnumerable<string> Names(string list) => _report[list]!.AsArray().Select(name => (string)name!);
}
