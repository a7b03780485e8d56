using Millrace.Server.Options;
using Millrace.Testing;

namespace Millrace.Server.Tests.Options;

internal sealed class OptionsPageTests
{
    [Test]
    public void ThePage_IsPrintedFromTheTable() => Committed.Check(Path.Combine("docs", "OPTIONS.md"), OptionsPage.Markdown());

    [Test]
    public void TheHelp_HasEveryOption() => Assert.That(
        ServerOptionTable.All.Where(o => !OptionsPage.Help().Contains($"--{o.Name} ", StringComparison.Ordinal)
            || !OptionsPage.Help().Contains(o.Sentence, StringComparison.Ordinal)).Select(o => o.Name),
        Is.Empty);

    [Test]
    public void NamesAreUnique_AndVariablesAreMadeOfThem()
    {
        Assert.That(ServerOptionTable.All.Select(o => o.Name), Is.Unique);
        Assert.That(ServerOptionTable.All.Single(o => o.Name == "announced-ip").Variable, Is.EqualTo("MILLRACE_ANNOUNCED_IP"));
    }
}
