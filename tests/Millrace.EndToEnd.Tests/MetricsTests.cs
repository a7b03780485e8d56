using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>What an operator sees of a call at /metrics.</summary>
[SupportedOSPlatform("linux")]
public sealed class MetricsTests
{
    private const string Token = "the-token-of-the-tests";
    private const string Announcement = "Millrace measures ";
    private const string Received = "millrace_worker_rtp_packets_total{worker=\"0\",kind=\"received\"}";
    private const string Producers = "millrace_worker_objects{worker=\"0\",kind=\"producer\"}";
    private const string Sent = "millrace_worker_rtp_packets_total{worker=\"0\",kind=\"sent\"}";

    [Test]
    public async Task ACall_IsSeen_AndItsCountersOutliveTheWorker()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Token);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            await using ServerProcess server = await ServerProcess.StartAsync(
                more: ["--metrics-listen", "http://127.0.0.1:0", "--metrics-interval", "1", "--metrics-token-file", file]);
            await using Browser browser = await Browser.StartAsync();
            using HttpClient http = new();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            Uri metrics = new(server.Log.Split('\n').Single(line => line.StartsWith(Announcement, StringComparison.Ordinal))[Announcement.Length..].Trim());
            Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben");
            await call.FlowsAsync("a call that is watched");

            Dictionary<string, double> during = await UntilAsync(http, metrics, seen =>
                seen.GetValueOrDefault(Received) > 0 && seen.GetValueOrDefault(Sent) > 0 && seen.GetValueOrDefault(Producers) == 4);
            HashSet<string> consumers = await call.ConsumersAsync();
            server.KillWorker();
            await call.ComesBackAsync("after the worker died", consumers);
            Dictionary<string, double> after = await UntilAsync(http, metrics, seen => seen.GetValueOrDefault(Sent) > during[Sent]);

            Assert.That(during["millrace_room_peers"], Is.EqualTo(2));
            Assert.That(during["millrace_room_rooms"], Is.EqualTo(1));
            Assert.That(during["millrace_signal_connections"], Is.EqualTo(2));
            Assert.That(during["millrace_worker_connections_total{worker=\"0\",protocol=\"dtls\",state=\"connected\"}"], Is.GreaterThanOrEqualTo(2));
            Assert.That(during["millrace_worker_tick_duration_seconds_count{worker=\"0\"}"], Is.GreaterThan(0));
            Assert.That(after["millrace_worker_restarts_total{worker=\"0\"}"], Is.EqualTo(1));
            Assert.That(after[Received], Is.GreaterThanOrEqualTo(during[Received]));
            string text = await http.GetStringAsync(metrics);
            Assert.That(text, Does.Not.Contain(Token).And.Not.Contain("Ada").And.Not.Contain("mill\"").And.Not.Contain(call.Participants[0].ClientId));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<Dictionary<string, double>> UntilAsync(HttpClient http, Uri metrics, Predicate<Dictionary<string, double>> wanted) =>
        Waiting.UntilAsync(
            async () => Read(await http.GetStringAsync(metrics)),
            seen => wanted(seen),
            seen => string.Join('\n', seen.Select(one => $"{one.Key} {one.Value}")));

    private static Dictionary<string, double> Read(string text) => text.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .ToDictionary(
            line => line[..line.LastIndexOf(' ')],
            line => double.Parse(line[(line.LastIndexOf(' ') + 1)..].Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture));
}
