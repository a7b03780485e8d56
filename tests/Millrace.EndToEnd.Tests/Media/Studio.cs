using System.Text;
using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;
using Millrace.Interop;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>
/// One test's worker processes, each with a router, and the clients that meet there. What pages and workers said goes to the
/// test's output.
/// </summary>
internal sealed class Studio : IAsyncDisposable
{
    private readonly List<Worker> _workers = [];
    private readonly List<Router> _routers = [];
    private readonly List<Client> _clients = [];
    private readonly StringBuilder _log = new();

    private Studio()
    {
    }

    /// <summary>Own sockets on loopback, UDP alone.</summary>
    public static WebRtcTransportOptions Loopback { get; } = new() { ListenInfos = [new ListenInfo { Ip = "127.0.0.1" }] };

    /// <summary>The same, and believed wide from the start: tests of layers do not wait for an estimate to grow.</summary>
    public static WebRtcTransportOptions Wide { get; } = Loopback with { InitialAvailableOutgoingBitrate = 5_000_000 };

    /// <summary>The first worker's router.</summary>
    public Router Router => _routers[0];

    public IReadOnlyList<Router> Routers => _routers;

    public IReadOnlyList<Worker> Workers => _workers;

    public static async Task<Studio> StartAsync(int workers = 1, WorkerSettings? settings = null)
    {
        Assert.That(Repository.Worker, Does.Exist, "the worker is not built; ./build.sh build does it");
        Assert.That(Repository.Page, Does.Exist, "the test page is not built; npm run build in tests/page does it");
        Studio studio = new();
        for (int i = 0; i < workers; ++i)
        {
            Worker worker = await Worker.StartAsync(new WorkerOptions
            {
                Path = Repository.Worker,
                Settings = settings ?? new WorkerSettings { LogLevel = WorkerLogLevel.Warn },
                Output = studio.Note,
                RequestTimeout = Waiting.Deadline,
                StartTimeout = Waiting.Deadline,
            });
            worker.Logged += log => studio.Note($"{log}");
            worker.Died += died => studio.Note($"{died}");
            studio._workers.Add(worker);
            studio._routers.Add(await worker.CreateRouterAsync(new RouterOptions { MediaCodecs = Codecs.All }));
        }
        return studio;
    }

    /// <summary>Opens a client of a router, by default the first.</summary>
    public async Task<Client> OpenAsync(
        string name, WebRtcTransportOptions? options = null, Router? router = null, Func<IceCandidate, IceCandidate>? route = null)
    {
        Client client = await Client.OpenAsync(Chromium.Browser, router ?? Router, name, options ?? Loopback, route);
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Client client in _clients)
        {
            await TestContext.Out.WriteAsync(client.Console.Length > 0 ? $"--- page of {client.Name}\n{client.Console}" : string.Empty);
            await client.DisposeAsync();
        }
        bool alive = _workers.TrueForAll(worker => !worker.IsClosed);
        foreach (Worker worker in _workers)
        {
            await worker.DisposeAsync();
        }
        await TestContext.Out.WriteAsync(_log.Length > 0 ? $"--- workers\n{_log}" : string.Empty);
        Assert.That(alive, Is.True, "every worker lives to the end");
    }

    private void Note(string line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
