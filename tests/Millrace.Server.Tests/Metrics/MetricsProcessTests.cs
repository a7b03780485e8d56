using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;

namespace Millrace.Server.Tests.Metrics;

/// <summary>The metrics of the whole server as a process.</summary>
[SupportedOSPlatform("linux")]
[CancelAfter(120_000)]
[NonParallelizable]
internal sealed class MetricsProcessTests : IDisposable
{
    private const string Token = "the-token-of-the-tests";
    private const string Announcement = "Millrace measures ";

    private readonly DataFolder _data = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _data.Dispose();
    }

    [Test]
    public async Task TheDoor_OpensToTheTokenOnly_AndLeadsNowhereElse()
    {
        await using RunningServer server = await StartAsync();
        Uri metrics = AddressOf(server);

        using HttpResponseMessage none = await GetAsync(metrics, null);
        using HttpResponseMessage wrong = await GetAsync(metrics, "the-token-of-the-testS");
        using HttpResponseMessage right = await GetAsync(metrics, Token);
        using HttpResponseMessage page = await GetAsync(new Uri(metrics, "/"), Token);
        using HttpResponseMessage health = await GetAsync(new Uri(metrics, "/health"), Token);
        using HttpResponseMessage elsewhere = await GetAsync(new Uri(server.Addresses[0], "/metrics"), Token);
        using HttpResponseMessage post = await _http.PostAsync(metrics, content: null);

        Assert.That((none.StatusCode, wrong.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)));
        Assert.That(none.Headers.WwwAuthenticate.Single().Scheme, Is.EqualTo("Bearer"));
        Assert.That(await wrong.Content.ReadAsStringAsync(), Is.Empty);
        Assert.That(right.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((page.StatusCode, health.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.NotFound)));
        Assert.That(elsewhere.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "not on the listeners of the pages");
        Assert.That(post.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(right.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8"));
        string text = await right.Content.ReadAsStringAsync();
        Assert.That(text, Does.EndWith("# EOF\n"));
        Assert.That(text, Does.Contain("millrace_worker_up{worker=\"0\"} 1\n"));
        Assert.That(text, Does.Contain("dotnet_process_cpu_time_seconds_total"));
        Assert.That(text + server.Said, Does.Not.Contain(Token));
        Assert.That(text, Does.Not.Contain(_data.Path));
    }

    [Test]
    public async Task WithoutAToken_NothingListens()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            _data.Path, "--listen", "http://127.0.0.1:0", "--metrics-listen", "http://127.0.0.1:0");

        using HttpResponseMessage answer = await GetAsync(new Uri(server.Addresses.Single(), "/metrics"), Token);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(server.Said, Does.Not.Contain(Announcement));
    }

    [Test]
    public async Task AnOpenTokenFile_AndPlainHttpBeyondLoopback_AreRefused()
    {
        string file = WriteToken(UnixFileMode.OtherRead);

        await using RunningServer open = await RunningServer.StartAsync(_data.Path, "--metrics-token-file", file);
        await using RunningServer beyond = await RunningServer.StartAsync(_data.Path, "--metrics-listen", "http://0.0.0.0:0");

        Assert.That((await open.EndAsync(), await beyond.EndAsync()), Is.EqualTo((2, 2)));
        Assert.That(open.Said, Does.Contain("--metrics-token-file").And.Contain("0600").And.Not.Contain(Token));
        Assert.That(beyond.Said, Does.Contain("--metrics-listen"));
    }

    [Test]
    public async Task Counters_GoOnWhenAWorkerIsReplaced()
    {
        await using RunningServer server = await StartAsync();
        Uri metrics = AddressOf(server);
        const string Requests = "millrace_worker_channel_frames_total{worker=\"0\",kind=\"request\"}";
        double before = await UntilAsync(metrics, Requests, value => value >= 3);

        using (System.Diagnostics.Process worker = System.Diagnostics.Process.GetProcessById(server.Workers().Single()))
        {
            worker.Kill();
        }
        double restarts = await UntilAsync(metrics, "millrace_worker_restarts_total{worker=\"0\"}", value => value >= 1);
        double after = await UntilAsync(metrics, Requests, value => value > before);

        Assert.That(restarts, Is.EqualTo(1));
        Assert.That(after, Is.GreaterThan(before));
    }

    private static Uri AddressOf(RunningServer server) => new(
        server.Said.Split('\n').Single(line => line.StartsWith(Announcement, StringComparison.Ordinal))[Announcement.Length..].Trim());

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(
        _data.Path,
        "--listen", "http://127.0.0.1:0",
        "--metrics-listen", "http://127.0.0.1:0",
        "--metrics-interval", "1",
        "--metrics-token-file", WriteToken());

    private string WriteToken(UnixFileMode more = UnixFileMode.None)
    {
        Directory.CreateDirectory(_data.Path);
        string file = _data.File("metrics-token");
        File.WriteAllText(file, Token);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        return file;
    }

    // Reads the metrics until a series has the value that is waited for; it never falls on the way.
    private async Task<double> UntilAsync(Uri metrics, string series, Predicate<double> wanted)
    {
        double last = 0;
        while (true)
        {
            TestContext.CurrentContext.CancellationToken.ThrowIfCancellationRequested();
            using HttpResponseMessage answer = await GetAsync(metrics, Token);
            string? line = (await answer.Content.ReadAsStringAsync()).Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal));
            if (line is not null)
            {
                double value = double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
                Assert.That(value, Is.GreaterThanOrEqualTo(last), "a counter does not fall");
                if (wanted(value))
                {
                    return value;
                }
                last = value;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    private async Task<HttpResponseMessage> GetAsync(Uri address, string? token)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await _http.SendAsync(request);
    }
}
