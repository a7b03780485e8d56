using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>The one browser that all tests of this folder share; each of their clients has a context of its own in it.</summary>
[SetUpFixture]
public sealed class Chromium
{
    // Workers of these tests listen on loopback, of IPv6 too; by default Chromium gathers no candidates there.
    private const string WithLoopback = "--allow-loopback-in-peer-connection";

    internal static Browser Browser { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task Start() => Browser = await Browser.StartAsync(WithLoopback);

    [OneTimeTearDown]
    public async Task Stop() => await Browser.DisposeAsync();
}
