using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>
/// A WebRTC client in a browser page of its own: mediasoup-client with painted cameras and tones, and two transports of one
/// router, one for each direction. The page asks this object what it would ask a signaling server.
/// </summary>
internal sealed class Client : IAsyncDisposable
{
    // A start near what small pictures need: tests of codecs and layers do not wait for the sender's own estimate to grow.
    private static readonly object CodecOptions = new { VideoGoogleStartBitrate = 1000 };

    private readonly IPage _page;
    private readonly StringBuilder _console = new();
    private readonly ConcurrentDictionary<string, Producer> _producers = new();
    private RtpCapabilities _capabilities = null!;

    private Client(IPage page, Router router, string name)
    {
        _page = page;
        Router = router;
        Name = name;
        page.Console += (_, message) => Note($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note($"uncaught: {error}");
    }

    public string Name { get; }

    public Router Router { get; }

    /// <summary>What the client sends over.</summary>
    public WebRtcTransport Sending { get; private set; } = null!;

    /// <summary>What the client receives over.</summary>
    public WebRtcTransport Receiving { get; private set; } = null!;

    /// <summary>The data channels it sends into, by id.</summary>
    public ConcurrentDictionary<string, DataProducer> DataProducers { get; } = new();

    public string Console
    {
        get
        {
            lock (_console)
            {
                return _console.ToString();
            }
        }
    }

    /// <summary>Opens a page and makes its transports; they connect when something is sent or received.</summary>
    /// <param name="route">Where the client finds a candidate of the worker; null: where it is.</param>
    public static async Task<Client> OpenAsync(
        Browser browser, Router router, string name, WebRtcTransportOptions options, Func<IceCandidate, IceCandidate>? route)
    {
        IPage page = await browser.OpenEmptyAsync();
        Client client = new(page, router, name);
        await page.ExposeFunctionAsync<string, Task<string>>("signal", client.AnswerAsync);
        await page.AddScriptTagAsync(new PageAddScriptTagOptions { Path = Repository.Page });
        Capabilities capabilities =
            await client.CommandAsync<Capabilities>("load", new { RouterRtpCapabilities = router.RtpCapabilities });
        client._capabilities = capabilities.Rtp;
        client.Sending = await client.ConnectAsync("send", options, route);
        client.Receiving = await client.ConnectAsync("receive", options, route);
        return client;
    }

    /// <summary>Sends a painted picture.</summary>
    public Task<Sent> SendAsync(Camera camera, Codec codec, params IReadOnlyList<Encoding> encodings) => SendAsync(
        "sendVideo",
        new
        {
            TransportId = Sending.Id,
            Camera = new { camera.Width, camera.Height, camera.Fps, camera.Noise, Colour = (int[])[camera.Colour.Red, camera.Colour.Green, camera.Colour.Blue] },
            Codec = codec,
            Encodings = encodings.Count > 0 ? encodings : null,
            CodecOptions,
        });

    /// <summary>Sends a tone.</summary>
    public Task<Sent> SendAsync(Tone tone) => SendAsync("sendTone", new { TransportId = Sending.Id, Tone = tone });

    /// <summary>Receives what somebody sends.</summary>
    /// <param name="enableRtx">Whether what was lost may be asked for; by default of pictures alone.</param>
    public async Task<Received> ReceiveAsync(Producer producer, ConsumerLayers? preferredLayers = null, bool? enableRtx = null)
    {
        Consumer consumer = await Receiving.ConsumeAsync(new ConsumerOptions
        {
            Producer = producer,
            RtpCapabilities = _capabilities,
            Paused = true,
            PreferredLayers = preferredLayers,
            EnableRtx = enableRtx,
        });
        Received received = new(this, consumer);
        await CommandAsync("consume", new
        {
            TransportId = Receiving.Id,
            Consumer = new { consumer.Id, ProducerId = producer.Id, consumer.Kind, consumer.RtpParameters },
        });
        await consumer.ResumeAsync();
        return received;
    }

    /// <summary>From now on it receives without a header extension.</summary>
    public void ReceiveWithout(string uri) =>
        _capabilities = _capabilities with { HeaderExtensions = [.. _capabilities.HeaderExtensions.Where(e => e.Uri != uri)] };

    /// <summary>Gives both sides of a transport new ICE credentials.</summary>
    public async Task<IceParameters> RestartIceAsync(WebRtcTransport transport)
    {
        IceParameters parameters = await transport.RestartIceAsync();
        await CommandAsync("restartIce", new { TransportId = transport.Id, IceParameters = parameters });
        return parameters;
    }

    /// <summary>How the page sees a transport.</summary>
    public Task<PathSeen> PathAsync(WebRtcTransport transport) => CommandAsync<PathSeen>("path", new { TransportId = transport.Id });

    /// <summary>How long a transport took from its first use until it could carry media.</summary>
    public async Task<Moments> MomentsAsync(WebRtcTransport transport) => await Waiting.UntilAsync(
        () => CommandAsync<Moments>("moments", new { TransportId = transport.Id }),
        seen => seen.Connected is not null,
        seen => $"{seen}",
        condition: $"{Name} is connected");

    /// <summary>Waits until the page uses a path over a transport that satisfies.</summary>
    public async Task<CandidatePair> PathAsync(WebRtcTransport transport, Predicate<CandidatePair> satisfies, string condition)
    {
        PathSeen seen = await Waiting.UntilAsync(
            () => PathAsync(transport),
            seen => seen.Pair is not null && satisfies(seen.Pair),
            seen => $"{string.Join(' ', seen.States)}: {seen.Pair}\nworker: {transport.IceState}, {transport.DtlsState}",
            condition: $"{Name}: {condition}");
        return seen.Pair!;
    }

    public async Task<T> CommandAsync<T>(string name, object body)
    {
        string answer = await _page.EvaluateAsync<string>("([name, body]) => command(name, body)", (object[])[name, ClientJson.Write(body)]).Within();
        return ClientJson.Read<T>(answer);
    }

    public async Task CommandAsync(string name, object body) => await CommandAsync<JsonElement>(name, body);

    public async ValueTask DisposeAsync() => await _page.Context.CloseAsync();

    private async Task<Sent> SendAsync(string command, object body)
    {
        string id = (await CommandAsync<JsonElement>(command, body)).GetProperty("producerId").GetString()!;
        return new Sent(this, _producers[id]);
    }

    private async Task<WebRtcTransport> ConnectAsync(
        string direction, WebRtcTransportOptions options, Func<IceCandidate, IceCandidate>? route)
    {
        WebRtcTransport transport = await Router.CreateWebRtcTransportAsync(options);
        await CommandAsync(direction, new
        {
            transport.Id,
            transport.IceParameters,
            IceCandidates = transport.IceCandidates.Select(candidate => route?.Invoke(candidate) ?? candidate),
            transport.DtlsParameters,
            SctpParameters = transport.SctpParameters is { } sctp ? new { sctp.Port, MaxMessageSize = sctp.MaxReceiveMessageSize } : null,
        });
        return transport;
    }

    // {"method":"connect","body":{"transportId":"...", ...}}
    private async Task<string> AnswerAsync(string question)
    {
        using JsonDocument document = JsonDocument.Parse(question);
        JsonElement body = document.RootElement.GetProperty("body");
        WebRtcTransport transport = body.GetProperty("transportId").GetString() == Sending.Id ? Sending : Receiving;
        switch (document.RootElement.GetProperty("method").GetString())
        {
            case "connect":
                await transport.ConnectAsync(ClientJson.Read<DtlsParameters>(body.GetProperty("dtlsParameters")));
                return "{}";
            case "produce":
                Producer producer = await transport.ProduceAsync(new ProducerOptions
                {
                    Kind = ClientJson.Read<MediaKind>(body.GetProperty("kind")),
                    RtpParameters = ClientJson.Read<RtpParameters>(body.GetProperty("rtpParameters")),
                });
                _producers[producer.Id] = producer;
                return ClientJson.Write(new { producer.Id });
            case "produceData":
                DataProducer channel = await transport.ProduceDataAsync(new DataProducerOptions
                {
                    SctpStreamParameters = ClientJson.Read<SctpStreamParameters>(body.GetProperty("sctpStreamParameters")),
                    Label = body.GetProperty("label").GetString()!,
                    Protocol = body.GetProperty("protocol").GetString()!,
                });
                DataProducers[channel.Id] = channel;
                return ClientJson.Write(new { channel.Id });
            case string other:
                throw new InvalidOperationException($"The page asks for {other}.");
            default:
                throw new InvalidOperationException("The page asks for nothing.");
        }
    }

    private void Note(string line)
    {
        lock (_console)
        {
            _console.AppendLine(line);
        }
    }
}
