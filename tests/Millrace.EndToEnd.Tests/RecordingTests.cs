using System.Diagnostics;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>The recordings that our controller is held against are what the npm controller really says.</summary>
public sealed class RecordingTests
{
    private const string ToWorker = "\"to\":\"worker\"";

    [Test]
    public async Task TheNpmController_SaysWhatWasRecorded()
    {
        string folder = Directory.CreateTempSubdirectory("millrace-recordings-").FullName;
        ProcessStartInfo start = new("node", [Repository.PathOf("tests/node/record.mjs"), $"--to={folder}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MEDIASOUP_WORKER_BIN"] = Repository.Worker;
        using Process node = Process.Start(start)!;
        Task<string> output = node.StandardOutput.ReadToEndAsync();
        string errors = await node.StandardError.ReadToEndAsync().Within(TimeSpan.FromMinutes(1));
        await node.WaitForExitAsync().Within();

        Assert.That(node.ExitCode, Is.Zero, errors);
        Assert.That(await output, Does.Contain("3.27.1"));
        string[] committed = Directory.GetFiles(Repository.PathOf("tests/Millrace.Controller.Tests/data/transcripts"), "*.json");
        Assert.That(Directory.GetFiles(folder).Select(Path.GetFileName), Is.EquivalentTo(committed.Select(Path.GetFileName)));
        foreach (string file in committed)
        {
            Assert.That(await SaidAsync(Path.Combine(folder, Path.GetFileName(file))), Is.EqualTo(await SaidAsync(file)), file);
        }
        Directory.Delete(folder, recursive: true);
    }

    // One frame a line; what the worker answers depends on the machine.
    private static async Task<string[]> SaidAsync(string file) =>
        [.. (await File.ReadAllLinesAsync(file)).Where(line => line.Contains(ToWorker, StringComparison.Ordinal)).Select(line => line.TrimEnd(','))];
}
