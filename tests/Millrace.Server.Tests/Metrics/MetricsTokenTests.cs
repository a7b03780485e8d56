using System.Runtime.Versioning;
using Millrace.Server.Metrics;
using Millrace.Server.Options;

namespace Millrace.Server.Tests.Metrics;

[SupportedOSPlatform("linux")]
internal sealed class MetricsTokenTests
{
    private const string Token = "0123456789abcdef-token";

    [TestCase($"Bearer {Token}", true)]
    [TestCase($"bearer {Token}", true)]
    [TestCase("Bearer 0123456789abcdef-Token", false)]
    [TestCase($"Bearer {Token}x", false)]
    [TestCase("Bearer", false)]
    [TestCase($"Basic {Token}", false)]
    [TestCase(Token, false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public void TheHeader_MustHoldTheToken(string? header, bool opens) =>
        Assert.That(MetricsToken.Load(new ServerOptions { MetricsToken = Token })!.Opens(header), Is.EqualTo(opens));

    [Test]
    public void WithoutAToken_ThereIsNone() => Assert.That(MetricsToken.Load(new ServerOptions()), Is.Null);

    [TestCase("short")]
    [TestCase("")]
    [TestCase("0123456789 with a space")]
    public void ABadToken_IsRefusedAndNotRepeated(string token)
    {
        OptionsException? refusal = Assert.Throws<OptionsException>(() => MetricsToken.Load(new ServerOptions { MetricsToken = token }));

        Assert.That(refusal!.Message, Does.StartWith("MILLRACE_METRICS_TOKEN: "));
        Assert.That(token.Length > 0 && refusal.Message.Contains(token, StringComparison.Ordinal), Is.False);
    }

    [Test]
    public void AFile_MustBePrivate()
    {
        using DataFolder data = new();
        string file = data.File("token");
        Directory.CreateDirectory(data.Path);
        File.WriteAllText(file, Token + "\n");
        ServerOptions options = new() { MetricsTokenFile = file };

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.That(() => MetricsToken.Load(options), Throws.InstanceOf<OptionsException>().With.Message.Contains("0600"));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.That(MetricsToken.Load(options)!.Opens($"Bearer {Token}"), Is.True);
    }

    [Test]
    public void AMissingFile_IsRefused() => Assert.That(
        () => MetricsToken.Load(new ServerOptions { MetricsTokenFile = "no-such-token" }), Throws.InstanceOf<OptionsException>());
}
