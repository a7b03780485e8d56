using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>
/// The published server as an operator starts it, on ports and a data folder of its own. Its log belongs to the test's
/// output when the test fails; ending it checks that it ends clean and that the log tells of no error.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Announcement = "Millrace serves ";
    private const int CleanEnd = 0;

    private readonly Process _process;
    private readonly string _data;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<string> _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _expected = [];
    private bool _ended;

    private ServerProcess(Process process, string data)
    {
        _process = process;
        _data = data;
    }

    /// <summary>Where pages are served, without a slash at the end.</summary>
    public Uri Address { get; private set; } = null!;

    public Uri SignalAddress => new UriBuilder(Address)
    {
        Scheme = Address.Scheme == "https" ? "wss" : "ws",
        Path = "/websocket.signal",
    }.Uri;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts a server and waits until it serves.</summary>
    public static async Task<ServerProcess> StartAsync(string listen = "http://127.0.0.1:0", params string[] more)
    {
        Assert.That(Repository.Server, Does.Exist, "the server is not published; ./build.sh build does it");
        string data = Directory.CreateTempSubdirectory("millrace-e2e-").FullName;
        ProcessStartInfo start = new("dotnet",
            [Repository.Server, "--listen", listen, "--media-port", "0", "--workers", "1", "--data", data, .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        Repository.Prepare(start.Environment);
        Process process = new() { StartInfo = start };
        ServerProcess server = new(process, data);
        process.OutputDataReceived += (_, line) => server.Said(line.Data);
        process.ErrorDataReceived += (_, line) => server.Said(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await server.WaitForAnnouncementAsync();
        return server;
    }

    /// <summary>The ids of the media workers that the server runs as processes.</summary>
    public int[] WorkerIds() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == _process.Id && NameOf(id) == "millrace-worker"),
    ];

    /// <summary>Ends the worker as a crash would: it gets no chance to say goodbye.</summary>
    public void KillWorker()
    {
        int[] workers = WorkerIds();
        Assert.That(workers, Has.Length.EqualTo(1), "one worker runs as a child of the server");
        using Process worker = Process.GetProcessById(workers[0]);
        _expected.Add("Media worker 0 is lost");
        worker.Kill();
    }

    /// <summary>Asks the server to end, as a service manager does, and checks that it does so well.</summary>
    public async Task StopAsync()
    {
        if (_ended)
        {
            return;
        }
        _ended = true;
        int[] workers = WorkerIds();
        using (Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }
        await _process.WaitForExitAsync().Within();
        Assert.That(_process.ExitCode, Is.EqualTo(CleanEnd), () => $"the server did not end clean:\n{Log}");
        await Waiting.UntilAsync(
            () => Task.FromResult(workers.All(id => NameOf(id) != "millrace-worker")), "no worker outlives the server");
        Assert.That(Errors(), Is.Empty, "the log tells of no error that the test did not cause");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }
            if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
            {
                await TestContext.Out.WriteLineAsync($"--- log of the server\n{Log}");
            }
            _process.Dispose();
            Directory.Delete(_data, recursive: true);
        }
    }

    // "2026-11-20 16:02:27.9511 ERROR MediaPool Media worker 0 is lost: ..."
    private string[] Errors() =>
    [
        .. Log.Split('\n')
            .Where(line => line.Contains(" ERROR ", StringComparison.Ordinal) || line.Contains(" FATAL ", StringComparison.Ordinal))
            .Where(line => !_expected.Any(text => line.Contains(text, StringComparison.Ordinal))),
    ];

    private async Task WaitForAnnouncementAsync()
    {
        await Task.WhenAny(_announced.Task, _process.WaitForExitAsync()).Within();
        if (!_announced.Task.IsCompleted)
        {
            throw new AssertionException($"The server ended at once, exit code {_process.ExitCode}:\n{Log}");
        }
        Address = new Uri((await _announced.Task).Split(' ')[0]);
    }

    private void Said(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_log)
        {
            _log.AppendLine(line);
        }
        if (line.StartsWith(Announcement, StringComparison.Ordinal))
        {
            _announced.TrySetResult(line[Announcement.Length..]);
        }
    }

    // "pid (name) state ppid ...", proc(5).
    private static int ParentOf(int id) => ReadStat(id) is [_, .. var rest]
        ? int.Parse(rest[(rest.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
        : 0;

    private static string NameOf(int id) => ReadStat(id) is { Length: > 0 } stat
        ? stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')]
        : string.Empty;

    private static string ReadStat(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
