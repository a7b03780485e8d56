using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Millrace.Controller.Tests.RealWorker.Ffmpeg;

/// <summary>Runs the programs ffmpeg and ffprobe, each for a bounded time.</summary>
internal static class Ffmpeg
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Starts ffmpeg with these arguments. It ends by itself, or with the token.</summary>
    public static async Task RunAsync(IEnumerable<string> arguments, CancellationToken cancellation) =>
        await RunAsync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-nostdin", "-y", .. arguments], cancellation);

    /// <summary>What ffprobe finds in a file when it reads all of it.</summary>
    public static async Task<JsonNode> ProbeAsync(string file, CancellationToken cancellation)
    {
        string[] arguments = ["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", file];
        return JsonNode.Parse(await RunAsync("ffprobe", arguments, cancellation))!;
    }

    private static async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(Longest);
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(end.Token);
            string output = await process.StandardOutput.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token);
            Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}\n{await errors}");
            return output;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
