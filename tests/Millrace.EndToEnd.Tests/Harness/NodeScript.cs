using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>A script of tests/node that drives our worker and prints one JSON document of what came of it.</summary>
internal static class NodeScript
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(6);

    public static async Task<JsonNode> RunAsync(string script)
    {
        Assert.That(Repository.Worker, Does.Exist);
        ProcessStartInfo start = new("node", [Repository.PathOf(script)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MEDIASOUP_WORKER_BIN"] = Repository.Worker;
        using Process node = Process.Start(start)!;
        Task<string> errors = node.StandardError.ReadToEndAsync();
        string output = await node.StandardOutput.ReadToEndAsync().Within(Longest);
        await node.WaitForExitAsync().Within();
        Assert.That(node.ExitCode, Is.Zero, await errors);
        return JsonNode.Parse(output)!;
    }
}
