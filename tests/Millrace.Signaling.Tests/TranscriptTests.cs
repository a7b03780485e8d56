using Millrace.Signaling.Tests.Harness;

namespace Millrace.Signaling.Tests;

/// <summary>Conversations, written down in <c>Transcripts/*.txt</c>, played against the whole service and a real worker.</summary>
[CancelAfter(60_000)]
internal sealed class TranscriptTests
{
    public static IEnumerable<TestCaseData> Files() => Directory.EnumerateFiles(Transcript.Folder, "*.txt").Order(StringComparer.Ordinal)
        .Select(file => new TestCaseData(Path.GetFileName(file)).SetArgDisplayNames(Path.GetFileNameWithoutExtension(file)));

    [TestCaseSource(nameof(Files))]
    public async Task Conversation_GoesAsWritten(string file)
    {
        await using SignalServer server = new();

        await new Transcript(server).PlayAsync(file);

        Assert.That(server.Failures, Is.Empty);
    }
}
