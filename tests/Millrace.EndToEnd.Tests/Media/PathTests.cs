using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;
using Millrace.Interop;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>The ways between a browser and a worker: ICE restarted, over TCP, over IPv6, with a certificate of the operator's.</summary>
public sealed class PathTests
{
    // What a restart may cost the viewer (faults.md, SI-09).
    private const double GapAtMost = 1000;

    [Test]
    public async Task IceRestart_InTheMiddleOfACall_LosesNoPicture()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben");
        Sent sent = await ada.SendAsync(Camera.Small(Colour.Crimson), Codec.Vp8);
        Received received = await ben.ReceiveAsync(sent.Producer);
        await received.ShowsAsync(Colour.Crimson);
        string fragmentBefore = ada.Sending.IceParameters.UsernameFragment;
        await received.MarkAsync();
        await sent.LookAsync();

        IceParameters atSender = await ada.RestartIceAsync(ada.Sending);
        await ada.PathAsync(ada.Sending, pair => pair.RemoteFragment == atSender.UsernameFragment, "the new credentials are used");
        await received.ShowsAsync(Colour.Crimson);
        IceParameters atViewer = await ben.RestartIceAsync(ben.Receiving);
        await ben.PathAsync(ben.Receiving, pair => pair.RemoteFragment == atViewer.UsernameFragment, "the new credentials are used");
        Reception seen = await received.ShowsAsync(Colour.Crimson);

        Emission emission = await sent.LookAsync();
        Assert.That(atSender.UsernameFragment, Is.Not.EqualTo(fragmentBefore));
        Assert.That(seen.Picture!.LongestGap, Is.LessThan(GapAtMost + emission.Camera!.LongestStall));
        Assert.That(seen.Stream!.KeyFrames, Is.LessThanOrEqualTo(2), "nobody had to ask for a picture anew");
        Assert.That(new[] { ada.Sending.DtlsState, ben.Receiving.DtlsState }, Is.All.EqualTo(DtlsState.Connected));
    }

    [Test]
    public async Task Tcp_CarriesACallAlone()
    {
        WebRtcTransportOptions tcp = new()
        {
            ListenInfos = [new ListenInfo { Ip = "127.0.0.1", Protocol = TransportProtocol.Tcp }],
            EnableUdp = false,
            EnableTcp = true,
        };
        await using Studio studio = await Studio.StartAsync();

        Call call = await Call.ConnectAsync(studio, tcp);

        await call.FlowsAsync();
        foreach ((Client client, WebRtcTransport transport) in call.Transports)
        {
            CandidatePair pair = await client.PathAsync(transport, pair => pair.BytesReceived > 0, "a path");
            Assert.That(pair.Protocol, Is.EqualTo("tcp"));
            Assert.That(transport.IceCandidates.Select(c => (c.Protocol, c.TcpType)), Is.EqualTo(new[] { (TransportProtocol.Tcp, "passive") }));
            Assert.That(transport.IceSelectedTuple!.Protocol, Is.EqualTo(TransportProtocol.Tcp));
        }
    }

    [Test]
    public async Task Ipv6_CarriesACallAlone([Values] TransportProtocol protocol)
    {
        WebRtcTransportOptions loopback = new()
        {
            ListenInfos = [new ListenInfo { Ip = "::1", Protocol = protocol, Ipv6Only = true }],
            EnableUdp = protocol == TransportProtocol.Udp,
            EnableTcp = protocol == TransportProtocol.Tcp,
        };
        await using Studio studio = await Studio.StartAsync();

        Call call = await Call.ConnectAsync(studio, loopback);

        await call.FlowsAsync();
        foreach ((Client client, WebRtcTransport transport) in call.Transports)
        {
            CandidatePair pair = await client.PathAsync(transport, pair => pair.BytesReceived > 0, "a path");
            Assert.That(IPAddress.Parse(pair.RemoteAddress), Is.EqualTo(IPAddress.IPv6Loopback));
            Assert.That(pair.Protocol, Is.EqualTo(protocol == TransportProtocol.Udp ? "udp" : "tcp"));
            Assert.That(IPAddress.Parse(transport.IceSelectedTuple!.RemoteIp!).AddressFamily, Is.EqualTo(AddressFamily.InterNetworkV6));
        }
    }

    [Test]
    public async Task WebRtcServer_CarriesACallOverOnePort()
    {
        await using Studio studio = await Studio.StartAsync();
        WebRtcServer server = await studio.Workers[0].CreateWebRtcServerAsync(
            new WebRtcServerOptions { ListenInfos = [new ListenInfo { Ip = "127.0.0.1" }] });

        Call call = await Call.ConnectAsync(studio, new WebRtcTransportOptions { WebRtcServer = server });

        await call.FlowsAsync();
        Assert.That(call.Transports.Select(t => t.Transport.IceSelectedTuple!.LocalPort).Distinct().ToArray(), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Certificate_FromFiles_IsTheOneTheBrowserSees()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=millrace test", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        string fingerprint = string.Join(':', SHA256.HashData(certificate.RawData).Select(b => $"{b:X2}"));
        string folder = Directory.CreateTempSubdirectory("millrace-e2e-").FullName;
        WorkerSettings settings = new()
        {
            DtlsCertificateFile = Path.Combine(folder, "certificate.pem"),
            DtlsPrivateKeyFile = Path.Combine(folder, "key.pem"),
        };
        await File.WriteAllTextAsync(settings.DtlsCertificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(settings.DtlsPrivateKeyFile, key.ExportPkcs8PrivateKeyPem());
        await using Studio studio = await Studio.StartAsync(settings: settings);

        Call call = await Call.ConnectAsync(studio, Studio.Loopback);

        await call.FlowsAsync();
        foreach ((Client client, WebRtcTransport transport) in call.Transports)
        {
            CandidatePair pair = await client.PathAsync(transport, pair => pair.Fingerprint.Length > 0, "a certificate");
            Assert.That(pair.Fingerprint, Is.EqualTo(fingerprint).IgnoreCase);
            Assert.That(transport.DtlsParameters.Fingerprints, Does.Contain(new DtlsFingerprint("sha-256", fingerprint)));
        }
        Directory.Delete(folder, recursive: true);
    }
}
