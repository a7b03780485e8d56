using Millrace.Server.Endpoints;
using Millrace.Server.Options;

namespace Millrace.Server.Tests.Endpoints;

internal sealed class OriginPolicyTests
{
    private static readonly ServerOptions Local = new();

    private static readonly ServerOptions Public = new()
    {
        Listen = [new Uri("https://0.0.0.0:8888")],
        Origins = ["https://calls.example.org", "https://*.team.example.org", "http://*.dev.example:8080", "https://Mixed.Example.org/"],
    };

    [TestCase(null, true, Description = "A program")]
    [TestCase("http://127.0.0.1:8880", true)]
    [TestCase("https://localhost:5173", true)]
    [TestCase("http://[::1]:1234", true)]
    [TestCase("https://evil.example", false)]
    [TestCase("null", false)]
    [TestCase("", false)]
    [TestCase("file://", false)]
    [TestCase("chrome-extension://abcdef", false)]
    [TestCase("http://localhost.evil.example", false)]
    [TestCase("http://127.0.0.1.evil.example", false)]
    [TestCase("http://evil-localhost", false)]
    [TestCase("http://localhost@evil.example", false)]
    [TestCase("http://127.0.0.1:8880, https://evil.example", false, Description = "Two headers")]
    public void OnLoopback_PagesOfThisMachineMayConnect(string? origin, bool allowed) =>
        Assert.That(new OriginPolicy(Local).Allows(origin, "http", "127.0.0.1:8880"), Is.EqualTo(allowed));

    // Somebody's name that points to 127.0.0.1: the browser takes the page for the server's own.
    [Test]
    public void OnLoopback_ANameThatIsRebound_IsNotTheServersOwn() =>
        Assert.That(new OriginPolicy(Local).Allows("http://evil.example:8880", "http", "evil.example:8880"), Is.False);

    [TestCase(null, true)]
    [TestCase("https://my.example:8888", true, Description = "The server's own")]
    [TestCase("HTTPS://MY.example:8888", true)]
    [TestCase("http://my.example:8888", false, Description = "Another scheme")]
    [TestCase("https://my.example", false, Description = "Another port")]
    [TestCase("https://calls.example.org", true)]
    [TestCase("https://calls.example.org:444", false)]
    [TestCase("http://calls.example.org", false)]
    [TestCase("https://calls.example.org.evil.example", false)]
    [TestCase("https://evilcalls.example.org", false)]
    [TestCase("https://mixed.example.org", true)]
    [TestCase("https://a.team.example.org", true)]
    [TestCase("https://a.b.team.example.org", true)]
    [TestCase("https://team.example.org", false, Description = "Not below it")]
    [TestCase("https://eviltEam.example.org", false)]
    [TestCase("https://evil.example/.team.example.org", false)]
    [TestCase("https://evil.example?.team.example.org", false)]
    [TestCase("http://a.team.example.org", false)]
    [TestCase("https://a.team.example.org:8443", false)]
    [TestCase("http://x.dev.example:8080", true)]
    [TestCase("http://x.dev.example", false)]
    [TestCase("http://localhost:5173", false, Description = "Loopback is nobody's own here")]
    [TestCase("null", false)]
    public void BeyondLoopback_TheServersOwnAndTheListedMayConnect(string? origin, bool allowed) =>
        Assert.That(new OriginPolicy(Public).Allows(origin, "https", "my.example:8888"), Is.EqualTo(allowed));
}
