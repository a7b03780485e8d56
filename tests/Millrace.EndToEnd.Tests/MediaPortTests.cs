using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>
/// The shared media port of a running server gives strangers nothing: no answer, no work. That a datagram was passed over is
/// seen from what is asked after it: the worker takes them in turn.
/// </summary>
public sealed class MediaPortTests
{
    private ServerProcess _server = null!;
    private SignalSocket _client = null!;
    private string _roomId = null!;
    private JsonNode _transport = null!;
    private UdpClient _peer = null!;
    private UdpClient _stranger = null!;

    [SetUp]
    public async Task MakeTransport()
    {
        _server = await ServerProcess.StartAsync();
        _client = await SignalSocket.RegisterAsync(_server);
        (_roomId, _transport) = await _client.MakeTransportAsync();
        _peer = Connect(PortOf("udp"));
        _stranger = Connect(PortOf("udp"));
    }

    [TearDown]
    public async Task End()
    {
        _peer.Dispose();
        _stranger.Dispose();
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Garbage_GetsNoAnswer()
    {
        int worker = _server.WorkerIds().Single();
        int sent = 0;

        foreach (byte[] datagram in Datagrams.Garbage(seed: 20261120))
        {
            await _stranger.SendAsync(datagram);
            ++sent;
        }
        await PassTurnsAsync();

        await TestContext.Out.WriteLineAsync($"{sent} datagrams of a stranger");
        Assert.That(_stranger.Available, Is.Zero);
        Assert.That(_server.WorkerIds(), Is.EqualTo(new[] { worker }), "the worker lives");
    }

    [Test]
    public async Task Garbage_OverTcpGetsNoAnswer()
    {
        int worker = _server.WorkerIds().Single();
        IPEndPoint port = PortOf("tcp");
        List<TcpClient> strangers = [];

        foreach (byte[] datagram in Datagrams.Garbage(seed: 20261121))
        {
            // RFC 4571 2: a 16-bit length before each. Some tell the truth, some promise more than comes.
            byte[] length = [(byte)(datagram.Length >> 8), (byte)datagram.Length];
            TcpClient stranger = new();
            strangers.Add(stranger);
            await stranger.ConnectAsync(port).Within();
            await stranger.GetStream().WriteAsync((byte[])[.. datagram.Length % 3 == 0 ? length : [0xff, 0xff], .. datagram]);
        }
        await PassTurnsAsync();

        Assert.That(strangers.Select(AvailableOf), Is.All.Zero);
        Assert.That(_server.WorkerIds(), Is.EqualTo(new[] { worker }), "the worker lives");
        strangers.ForEach(stranger => stranger.Dispose());
    }

    [Test]
    public async Task ClientHello_IsAnsweredOnAValidatedPathAlone()
    {
        await ConnectTransportAsync();
        byte[] hello = Datagrams.WriteClientHello();

        await _stranger.SendAsync(hello);
        await PassTurnsAsync();
        await _stranger.SendAsync(hello);
        await PassTurnsAsync();
        int answered = _stranger.Available;
        await _peer.SendAsync(hello);
        byte[] flight = await ReceiveAsync(Datagrams.IsDtlsHandshake);

        Assert.That(answered, Is.Zero, "a stranger's ClientHello gets no answer");
        Assert.That(flight, Is.Not.Empty, "the same one does where ICE has shown who speaks");
        Assert.That(_stranger.Available, Is.Zero, "nor does the stranger hear of that");
    }

    [Test]
    public async Task WrongPassword_MakesNoPath()
    {
        await ConnectTransportAsync();

        await _stranger.SendAsync(Datagrams.WriteBinding(Fragment, "this is not the password"));
        await _stranger.SendAsync(Datagrams.WriteClientHello());
        await PassTurnsAsync();

        // RFC 8445 7.3: an error answer is allowed; a path is not.
        List<byte[]> answers = [];
        while (_stranger.Available > 0)
        {
            answers.Add((await _stranger.ReceiveAsync().Within()).Buffer);
        }
        Assert.That(answers, Has.Count.LessThanOrEqualTo(1));
        Assert.That(answers.Where(Datagrams.IsDtlsHandshake), Is.Empty);
    }

    private string Fragment => (string)_transport["iceParameters"]!["usernameFragment"]!;

    private string Password => (string)_transport["iceParameters"]!["password"]!;

    private IPEndPoint PortOf(string protocol)
    {
        JsonNode candidate = _transport["iceCandidates"]!.AsArray().First(c => (string)c!["protocol"]! == protocol)!;
        return new(IPAddress.Parse((string)candidate["address"]!), (int)candidate["port"]!);
    }

    // The worker may have closed it.
    private static int AvailableOf(TcpClient client)
    {
        try
        {
            return client.Available;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static UdpClient Connect(IPEndPoint port)
    {
        UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(port);
        return socket;
    }

    // The worker has answered two binding requests one after the other: whatever came before them has had its turn.
    private async Task PassTurnsAsync()
    {
        for (int turn = 0; turn < 2; ++turn)
        {
            byte[] request = Datagrams.WriteBinding(Fragment, Password);
            await _peer.SendAsync(request);
            await ReceiveAsync(answer => Datagrams.IsSuccessOf(request, answer));
        }
    }

    private async Task<byte[]> ReceiveAsync(Predicate<byte[]> wanted)
    {
        while (true)
        {
            byte[] datagram = (await _peer.ReceiveAsync().Within()).Buffer;
            if (wanted(datagram))
            {
                return datagram;
            }
        }
    }

    private Task<JsonNode?> ConnectTransportAsync() => _client.RequestAsync("media::transport::webrtc::connect", new()
    {
        ["roomId"] = _roomId,
        ["transportId"] = (string)_transport["transportId"]!,
        ["dtlsParameters"] = new JsonObject
        {
            ["role"] = "client",
            ["fingerprints"] = new JsonArray(new JsonObject
            {
                ["algorithm"] = "sha-256",
                ["value"] = string.Join(':', Enumerable.Repeat("AB", 32)),
            }),
        },
    });
}
