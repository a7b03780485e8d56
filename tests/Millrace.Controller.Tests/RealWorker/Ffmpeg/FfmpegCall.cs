using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.RealWorker.Ffmpeg;

/// <summary>
/// A router between two ffmpegs: one sends a sound and a picture, each into a plain transport that learns where it comes from;
/// the other receives them from two more, by a session description, into a file.
/// </summary>
internal sealed class FfmpegCall(Router router, bool srtp, bool rtcpMux, FfmpegStream[] streams)
{
    private const SrtpCryptoSuite Suite = SrtpCryptoSuite.AesCm128HmacSha1With80Bits;
    private const string SuiteName = "AES_CM_128_HMAC_SHA1_80";
    private const int KeyBytes = 30;

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
    private readonly List<(FfmpegStream Stream, PlainTransport Transport)> _incoming = [];
    private readonly StringBuilder _description = new("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=call\nc=IN IP4 127.0.0.1\nt=0 0\n");
    private readonly List<int> _ports = [];

    /// <summary>Creates the transports, producers and consumers.</summary>
    public async Task SetUpAsync()
    {
        foreach (FfmpegStream stream in streams)
        {
            PlainTransport incoming = await router.CreatePlainTransportAsync(Options with { Comedia = true });
            if (srtp)
            {
                await incoming.ConnectAsync(new PlainTransportConnectOptions { SrtpParameters = new(Suite, _key) });
            }
            _incoming.Add((stream, incoming));
            await ReceiveAsync(await incoming.ProduceAsync(stream.Producer));
        }
    }

    /// <summary>Records that many seconds of both streams.</summary>
    public async Task RecordAsync(string file, int seconds, CancellationToken cancellation)
    {
        string description = Path.ChangeExtension(file, "sdp");
        await File.WriteAllTextAsync(description, _description.ToString(), cancellation);
        await Ffmpeg.RunAsync(
            [
                "-analyzeduration", "1000000", "-protocol_whitelist", "file,udp,rtp,srtp", "-i", description,
                "-c", "copy", "-t", $"{seconds}", file,
            ],
            cancellation);
    }

    /// <summary>Until the recorder listens at all its ports, or has failed.</summary>
    public async Task WaitForRecorderAsync(Task recorder, CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (_ports.Any(IsFree) && !recorder.IsCompleted)
        {
            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>Sends a file with these streams, at the speed at which it plays.</summary>
    public async Task SendAsync(string file, CancellationToken cancellation)
    {
        List<string> arguments = ["-re", "-i", file];
        foreach ((FfmpegStream stream, PlainTransport transport) in _incoming)
        {
            int port = transport.Tuple.LocalPort;
            string[] secret = srtp ? ["-srtp_out_suite", SuiteName, "-srtp_out_params", _key] : [];
            arguments.AddRange(
            [
                "-map", stream.Kind == MediaKind.Audio ? "0:a" : "0:v", "-c", "copy", .. stream.Send,
                "-payload_type", $"{stream.Codec.PayloadType}", "-ssrc", $"{stream.Ssrc}", .. secret,
                "-f", "rtp", $"{(srtp ? "srtp" : "rtp")}://127.0.0.1:{port}?rtcpport={transport.RtcpTuple?.LocalPort ?? port}",
            ]);
        }
        await Ffmpeg.RunAsync(arguments, cancellation);
    }

    private PlainTransportOptions Options => new()
    {
        ListenInfo = new() { Ip = "127.0.0.1" },
        RtcpMux = rtcpMux,
        EnableSrtp = srtp,
        SrtpCryptoSuite = Suite,
    };

    private async Task ReceiveAsync(Producer producer)
    {
        PlainTransport outgoing = await router.CreatePlainTransportAsync(Options);
        int port = FreePair();
        await outgoing.ConnectAsync(new PlainTransportConnectOptions
        {
            Ip = "127.0.0.1",
            Port = port,
            RtcpPort = rtcpMux ? null : port + 1,
            SrtpParameters = srtp ? new(Suite, _key) : null,
        });
        Consumer consumer = await outgoing.ConsumeAsync(new ConsumerOptions { Producer = producer, RtpCapabilities = Capabilities });
        Describe(consumer.RtpParameters.Codecs[0], consumer.Kind, port, outgoing.SrtpParameters?.KeyBase64);
    }

    // Codecs alone: ffmpeg neither repairs nor measures.
    private RtpCapabilities Capabilities => new()
    {
        Codecs =
        [
            .. router.RtpCapabilities.Codecs
                .Where(codec => !codec.MimeType.EndsWith("/rtx", StringComparison.OrdinalIgnoreCase))
                .Select(codec => codec with { RtcpFeedback = [] }),
        ],
    };

    // RFC 8866, and RFC 4568 for the key.
    private void Describe(RtpCodecParameters codec, MediaKind kind, int port, string? key)
    {
        string name = codec.MimeType.Split('/')[1];
        string medium = kind == MediaKind.Audio ? "audio" : "video";
        string channels = codec.Channels is { } count ? $"/{count}" : "";
        _ports.Add(port);
        _description.Append(CultureInfo.InvariantCulture, $"m={medium} {port} RTP/{(srtp ? "SAVP" : "AVP")} {codec.PayloadType}\n");
        _description.Append(CultureInfo.InvariantCulture, $"a=rtpmap:{codec.PayloadType} {name}/{codec.ClockRate}{channels}\n");
        if (codec.Parameters.ContainsKey("packetization-mode"))
        {
            _description.Append(CultureInfo.InvariantCulture, $"a=fmtp:{codec.PayloadType} packetization-mode=1\n");
        }
        if (key is not null)
        {
            _description.Append(CultureInfo.InvariantCulture, $"a=crypto:1 {SuiteName} inline:{key}\n");
        }
    }

    // ffmpeg takes the port it is told for RTP, which is even, and the one after it for RTCP.
    private int FreePair()
    {
        while (true)
        {
            using Socket any = new(SocketType.Dgram, ProtocolType.Udp);
            any.Bind(new IPEndPoint(IPAddress.Any, 0));
            int port = ((IPEndPoint)any.LocalEndPoint!).Port & ~1;
            any.Close();
            if (port < ushort.MaxValue - 1 && !_ports.Contains(port) && IsFree(port) && IsFree(port + 1))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
