using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Millrace.Testing;

namespace Millrace.Server.Tests;

/// <summary>The server's own program as a process, on ports of its choice.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private const string Announcement = "Millrace serves ";
    private const int Terminate = 15;

    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource<string> _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private RunningServer(Process process) => _process = process;

    /// <summary>Where it serves, in the order of its listeners.</summary>
    public Uri[] Addresses { get; private set; } = [];

    /// <summary>What it wrote to the console.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Starts it, and waits until it serves or ends.</summary>
    public static async Task<RunningServer> StartAsync(string data, params string[] arguments)
    {
        RunningServer server = Start(["--media-port", "0", "--workers", "1", "--data", data, .. arguments]);
        Task first = await Task.WhenAny(server._announced.Task, server._process.WaitForExitAsync()).Within();
        if (first == server._announced.Task)
        {
            server.Addresses = [.. (await server._announced.Task)[Announcement.Length..].Split(' ').Select(a => new Uri(a))];
        }
        return server;
    }

    /// <summary>Runs it for something that ends by itself.</summary>
    public static RunningServer Start(string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "millrace-server.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string name in start.Environment.Keys.Where(n => n.StartsWith("MILLRACE_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }
        start.Environment["MILLRACE_NATIVE_DIR"] = BuiltWorker.Folder;
        Process process = new() { StartInfo = start };
        RunningServer server = new(process);
        process.OutputDataReceived += (_, line) => server.Hear(line.Data);
        process.ErrorDataReceived += (_, line) => server.Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Ids of the worker processes that are its children.</summary>
    public int[] Workers() =>
    [
        .. Process.GetProcessesByName("millrace-worker").Where(p => ParentOf(p.Id) == _process.Id).Select(p => p.Id),
    ];

    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        _process.StandardInput.Close();
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    public void Ask() => Assert.That(Kill(_process.Id, Terminate), Is.Zero);

    /// <summary>Its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().Within();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
        if (line?.StartsWith(Announcement, StringComparison.Ordinal) == true)
        {
            _announced.TrySetResult(line);
        }
    }

    private static int ParentOf(int process)
    {
        string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("PPid:", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line["PPid:".Length..].Trim(), CultureInfo.InvariantCulture);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
