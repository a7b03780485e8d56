using System.Net;
using Millrace.Server.Options;

namespace Millrace.Server.Tests.Options;

internal sealed class ServerOptionsReaderTests : IDisposable
{
    private readonly DataFolder _data = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _data.Dispose();

    [Test]
    public void WithoutAnything_TheDefaultsAreThoseOfOneMachine()
    {
        ServerOptions options = Read();

        Assert.That(options.Listeners, Is.EqualTo(new Uri[] { new("https://127.0.0.1:8888"), new("http://127.0.0.1:8880") }));
        Assert.That(options.LoopbackOnly, Is.True);
        Assert.That((options.MediaIp, options.MediaPort, options.AnnouncedIp), Is.EqualTo((IPAddress.Loopback, 44_444, (string?)null)));
        Assert.That(options.Workers, Is.EqualTo(Environment.ProcessorCount));
        Assert.That((options.InProcess, options.InsecureHttp, options.WorkerBin), Is.EqualTo((false, false, (string?)null)));
        Assert.That(options.Users, Is.Empty);
    }

    [Test]
    public void TheLineIsStrongerThanTheEnvironment_AndThatThanTheFile()
    {
        File("""{"workers": 1, "media-port": 1001, "announced-ip": "file.example"}""");
        _environment["MILLRACE_WORKERS"] = "2";
        _environment["MILLRACE_MEDIA_PORT"] = "2002";

        ServerOptions options = Read("--workers", "3");

        Assert.That((options.Workers, options.MediaPort, options.AnnouncedIp), Is.EqualTo((3, 2002, "file.example")));
    }

    [Test]
    public void AListOfAStrongerPlace_ReplacesTheWeakerOnes()
    {
        File("""{"origin": ["https://a.example", "https://b.example"], "listen": "http://127.0.0.1:1"}""");
        _environment["MILLRACE_LISTEN"] = "http://127.0.0.1:2, https://127.0.0.1:3";

        ServerOptions options = Read("--origin", "https://c.example", "--origin=https://*.d.example");

        Assert.That(options.Origins, Is.EqualTo(new[] { "https://c.example", "https://*.d.example" }));
        Assert.That(options.Listeners, Is.EqualTo(new Uri[] { new("http://127.0.0.1:2"), new("https://127.0.0.1:3") }));
        Assert.That(ReadFrom(new Dictionary<string, string>()).Origins, Is.EqualTo(new[] { "https://a.example", "https://b.example" }));
    }

    [Test]
    public void TheFile_MayHaveCommentsNumbersAndSwitches()
    {
        File("""
            {
              // on this machine
              "in-process": true,
              "media-port": 0,
              "media-ip": "127.0.0.2",
            }
            """);

        ServerOptions options = Read();

        Assert.That((options.InProcess, options.MediaPort, options.MediaIp), Is.EqualTo((true, 0, IPAddress.Parse("127.0.0.2"))));
        Assert.That(Read("--in-process=false").InProcess, Is.False);
    }

    [Test]
    public void EveryOption_CanComeFromEverySource()
    {
        Dictionary<string, string> values = new()
        {
            ["listen"] = "http://127.0.0.1:7",
            ["origin"] = "https://a.example",
            ["media-ip"] = "127.0.0.3",
            ["announced-ip"] = "203.0.113.5",
            ["media-port"] = "5000",
            ["workers"] = "4",
            ["consumers-per-router"] = "40",
            ["worker-bin"] = "other-worker",
            ["in-process"] = "true",
            ["certificate"] = "c.pem",
            ["certificate-key"] = "k.pem",
            ["insecure-http"] = "true",
            ["metrics-listen"] = "http://127.0.0.1:8",
            ["metrics-token-file"] = "token",
            ["metrics-interval"] = "9",
        };
        ServerOptions none = Read();

        Assert.That(ServerOptionTable.All.Select(o => o.Name), Is.EquivalentTo(values.Keys.Append("data")));
        using (Assert.EnterMultipleScope())
        {
            foreach ((string name, string value) in values)
            {
                ServerOption option = ServerOptionTable.All.Single(o => o.Name == name);
                string line = Text(Read($"--{name}={value}"));
                string variable = Text(ReadFrom(new Dictionary<string, string> { [option.Variable] = value }));
                File($$"""{"{{name}}": "{{value}}"}""");
                string file = Text(Read());
                File("{}");
                Assert.That(new[] { variable, file }, Is.All.EqualTo(line), name);
                Assert.That(line, Is.Not.EqualTo(Text(none)), name);
            }
        }
    }

    [TestCase("--sleep", "--sleep is no option; --help lists them")]
    [TestCase("sleep", "'sleep' is no option; --help lists them")]
    [TestCase("--workers", "--workers needs a value: N")]
    [TestCase("--workers=0", "--workers: '0' is no number from 1 to 128")]
    [TestCase("--workers=two", "--workers: 'two' is no number from 1 to 128")]
    [TestCase("--media-port=65536", "--media-port: '65536' is no number from 0 to 65535")]
    [TestCase("--media-port=-1", "--media-port: '-1' is no number from 0 to 65535")]
    [TestCase("--media-ip=here", "--media-ip: 'here' is no IP address")]
    [TestCase("--listen=ftp://127.0.0.1", "--listen: 'ftp://127.0.0.1' is no http or https URL")]
    [TestCase("--listen=https://127.0.0.1/path", "--listen: 'https://127.0.0.1/path' is no http or https URL")]
    [TestCase("--listen=127.0.0.1:80", "--listen: '127.0.0.1:80' is no http or https URL")]
    [TestCase("--in-process=perhaps", "--in-process: 'perhaps' is neither true nor false")]
    public void WhatCannotBeUsed_IsRefusedByName(string argument, string message) =>
        Assert.That(() => Read(argument), Refused(message));

    [TestCase("*")]
    [TestCase("example.org")]
    [TestCase("https://example.org/page")]
    [TestCase("https://a*.example.org")]
    [TestCase("https://*.*.example.org")]
    [TestCase("https://user@example.org")]
    [TestCase("null")]
    public void AnOriginThatNoPageHas_IsRefused(string pattern) => Assert.That(
        () => Read($"--origin={pattern}"),
        Refused($"--origin: '{pattern}' is no origin such as https://calls.example.org or https://*.example.org"));

    [Test]
    public void WhatIsGivenTwice_IsRefused() => Assert.That(() => Read("--workers=1", "--workers=2"), Refused("--workers is given twice"));

    [Test]
    public void AnUnknownVariable_IsRefused_AndTheToolsOwnAreNot()
    {
        _environment["MILLRACE_NATIVE_DIR"] = "native";
        _environment["MILLRACE_SEND"] = "batch";
        _environment["OTHER_WORKERS"] = "x";
        Assert.That(() => Read(), Throws.Nothing);

        _environment["MILLRACE_WORKER"] = "2";

        Assert.That(() => Read(), Refused("MILLRACE_WORKER is no option; --help lists them"));
    }

    [TestCase("""{"worker": 2}""", ": 'worker' is no option")]
    [TestCase("""{"workers": "two"}""", "millrace.json: workers: 'two' is no number from 1 to 128")]
    [TestCase("""{"workers": {"n": 2}}""", "is no number from 1 to 128")]
    [TestCase("""{"workers": null}""", "millrace.json: workers: 'null' is no number from 1 to 128")]
    [TestCase("""{"workers": [1, 2]}""", ": workers is given twice")]
    [TestCase("""{"workers": 1, "workers": 2}""", "millrace.json: ")]
    [TestCase("""[]""", "millrace.json: an object is expected")]
    [TestCase("""{"workers": """, "millrace.json: ")]
    public void AFileThatCannotBeUsed_IsRefusedByName(string text, string message)
    {
        File(text);

        Assert.That(() => Read(), Throws.InstanceOf<OptionsException>().With.Message.Contains(message));
    }

    [Test]
    public void AnErrorInAVariable_NamesIt()
    {
        _environment["MILLRACE_WORKERS"] = "many";

        Assert.That(() => Read(), Refused("MILLRACE_WORKERS: 'many' is no number from 1 to 128"));
    }

    [TestCase("http://0.0.0.0:8880", true)]
    [TestCase("http://192.0.2.1:8880", true)]
    [TestCase("http://[::]:8880", true)]
    [TestCase("http://calls.example.org", true)]
    [TestCase("http://localhost.example.org", true)]
    [TestCase("http://127.0.0.1:8880", false)]
    [TestCase("http://127.9.9.9:8880", false)]
    [TestCase("http://[::1]:8880", false)]
    [TestCase("http://localhost:8880", false)]
    [TestCase("https://0.0.0.0:8888", false)]
    public void PlainHttpBeyondLoopback_IsRefused_UnlessItIsWanted(string url, bool refused)
    {
        Assert.That(
            () => Read("--listen", url),
            refused ? Throws.InstanceOf<OptionsException>().With.Message.StartsWith("--listen: ") : Throws.Nothing);
        Assert.That(Read("--listen", url, "--insecure-http").Listeners, Is.EqualTo(new[] { new Uri(url) }));
    }

    [Test]
    public void ListenersBeyondLoopback_AreKnownAsSuch() =>
        Assert.That(Read("--listen=https://127.0.0.1", "--listen=https://0.0.0.0").LoopbackOnly, Is.False);

    [Test]
    public void MediaPortsThatDoNotReach_AreRefused()
    {
        Assert.That(() => Read("--media-port=65535", "--workers=2"), Refused("--media-port: 65535 leaves no port for the last of 2 workers"));
        Assert.That(Read("--media-port=65535", "--workers=1").MediaPort, Is.EqualTo(65_535));
        Assert.That(Read("--media-port=65535", "--workers=2", "--in-process").Workers, Is.EqualTo(1));
    }

    [Test]
    public void TwoAddressesCannotShareAPortOfTheirChoice() => Assert.That(
        () => Read("--listen=http://localhost:0"), Throws.InstanceOf<OptionsException>().With.Message.StartsWith("--listen: "));

    [Test]
    public void SecretsComeFromTheEnvironmentAlone()
    {
        _environment["MILLRACE_USERS"] = "alice:one two three, bob:x:y";
        _environment["MILLRACE_CERTIFICATE_PASSWORD"] = "hush";

        ServerOptions options = Read();

        Assert.That(options.Users, Is.EqualTo(new[] { "alice:one two three", "bob:x:y" }));
        Assert.That(options.CertificatePassword, Is.EqualTo("hush"));
        Assert.That(() => Read("--users=alice:one"), Throws.InstanceOf<OptionsException>());
        File("""{"users": "alice:one"}""");
        Assert.That(() => Read(), Throws.InstanceOf<OptionsException>());
    }

    private ServerOptions Read(params string[] arguments) =>
        ServerOptionsReader.Read([$"--data={_data.Path}", .. arguments], _environment);

    private ServerOptions ReadFrom(Dictionary<string, string> environment) =>
        ServerOptionsReader.Read([$"--data={_data.Path}"], environment);

    private void File(string text) => System.IO.File.WriteAllText(_data.File("millrace.json"), text);

    private static string Text(ServerOptions options) =>
        $"{options with { Listen = [], Origins = [] }} {string.Join(' ', options.Listen)} {string.Join(' ', options.Origins)}";

    private static NUnit.Framework.Constraints.EqualStringConstraint Refused(string message) =>
        Throws.InstanceOf<OptionsException>().With.Message.EqualTo(message);
}
