using System.Text.RegularExpressions;
using Millrace.Signaling.Taoyao;
using Millrace.Testing;

namespace Millrace.Signaling.Tests;

/// <summary>The protocol's page is what the table says.</summary>
internal sealed partial class ProtocolPageTests
{
    [Test]
    public void ThePage_IsPrintedFromTheTable() =>
        Committed.Check(Path.Combine("docs", "protocols", "taoyao.md"), TaoyaoPage.Markdown());

    [Test]
    public void WhatTheServerSends_IsWhatThePageSaysThatItSends()
    {
        string source = string.Concat(Directory.EnumerateFiles(
                Path.Combine(BuiltWorker.Repository(), "managed", "Millrace.Signaling", "Taoyao"), "*.cs")
            .Select(File.ReadAllText));

        IEnumerable<string> sent = Pushes().Matches(source).Select(m => m.Groups["signal"].Value).Append("platform::error").Distinct();

        Assert.That(sent, Is.EquivalentTo(TaoyaoPage.Pushed.Concat(
            TaoyaoSignals.Table.Where(row => row.Request is null).Select(row => row.Name))));
    }

    [Test]
    public void WorkerMethods_AreThoseThatTheControllerAsks()
    {
        string requests = File.ReadAllText(Path.Combine(
            BuiltWorker.Repository(), "managed", "Millrace.Controller", "Wire", "WorkerRequests.cs"));

        Assert.That(
            TaoyaoPage.WorkerMethods.Values.Where(method => !requests.Contains(method, StringComparison.Ordinal)), Is.Empty);
        Assert.That(TaoyaoPage.WorkerMethods.Keys.Where(signal => TaoyaoSignals.Table.Find(signal) is null), Is.Empty);
    }

    [Test]
    public void EverySentence_IsOne() => Assert.That(
        TaoyaoSignals.Table.Select(row => row.Sentence), Is.All.Match(@"^[A-Z].*\.$"));

    [GeneratedRegex("""(?:Push|PushToOthers|Producer|Consumer)\((?:client\.ClientId, )?\s*"(?<signal>[a-z]+(?:::[a-z]+)+)""")]
    private static partial Regex Pushes();
}
