using System.Diagnostics;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>The sample of the guide runs as it stands there.</summary>
[Category("RealWorker")]
[CancelAfter(60_000)]
internal sealed class EmbeddingSampleTests
{
    [TestCase(WorkerMode.Process)]
    [TestCase(WorkerMode.InProcess)]
    public async Task Sample_PrintsWhatItMade(WorkerMode mode)
    {
        NativeFolder.FileOf(mode);
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Embedding.dll"));
        start.ArgumentList.Add(mode == WorkerMode.InProcess ? "in-process" : "process");
        start.Environment["MILLRACE_NATIVE_DIR"] = NativeFolder.Path;
        using Process process = Process.Start(start)!;

        string output = await process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.That((process.ExitCode, errors), Is.EqualTo((0, "")));
        Assert.That(output, Does.Contain("codec audio/opus 100").And.Contain("send RTP to 127.0.0.1:").And.Contain("is Simple"));
    }
}
