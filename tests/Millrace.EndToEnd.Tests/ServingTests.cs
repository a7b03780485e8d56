using System.Net.WebSockets;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>The other ways in which the server serves: the worker inside of it, and TLS.</summary>
public sealed class ServingTests
{
    [Test]
    public async Task InProcessWorker_CarriesACall()
    {
        await using ServerProcess server = await ServerProcess.StartAsync("http://127.0.0.1:0", "--in-process");
        await using Browser browser = await Browser.StartAsync();

        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben");

        Assert.That(server.WorkerIds(), Is.Empty, "the worker is no process of its own");
        await call.EverybodySeesEverybodyAsync();
        await call.FlowsAsync("in process");
    }

    [Test]
    public async Task Https_CarriesACallOverASelfSignedCertificate()
    {
        await using ServerProcess server = await ServerProcess.StartAsync("https://127.0.0.1:0");
        await using Browser browser = await Browser.StartAsync();
        Assert.That(server.Address.Scheme, Is.EqualTo("https"));

        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben");

        await call.EverybodySeesEverybodyAsync();
        await call.FlowsAsync("https");
    }

    [Test]
    public async Task BrowserWithoutUdp_CarriesACallOverTcp()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync(Browser.WithoutUdp);

        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben");

        await call.EverybodySeesEverybodyAsync();
        await call.FlowsAsync("over TCP");
        foreach (Participant participant in call.Participants)
        {
            Assert.That(await participant.ProtocolAsync(), Is.EqualTo("tcp"), participant.Name);
        }
    }

    [Test]
    public async Task Sigterm_TellsTheClientsAndEndsClean()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using SignalSocket client = await SignalSocket.RegisterAsync(server);
        await client.MakeTransportAsync();

        Task told = client.ClosedAsync();
        await server.StopAsync();

        await told;
        Assert.That(client.CloseStatus, Is.EqualTo(WebSocketCloseStatus.EndpointUnavailable));
    }

    [Test]
    public async Task Health_IsGoodWhileTheWorkerServes()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        using HttpClient http = new();

        Assert.That(await http.GetStringAsync(new Uri(server.Address, "/health")), Is.EqualTo("ok"));
    }
}
