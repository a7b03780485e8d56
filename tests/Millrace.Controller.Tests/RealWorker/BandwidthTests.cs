using System.Diagnostics;
using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>What a transport of the built worker tells of its bandwidth: traces of probes and estimates, statistics.</summary>
[TestFixture(WorkerMode.Process)]
[TestFixture(WorkerMode.InProcess)]
[Category("RealWorker")]
[CancelAfter(30_000)]
internal sealed class BandwidthTests(WorkerMode mode)
{
    private const string TransportFeedback = "transport-cc";
    private const string Remb = "goog-remb";

    [Test]
    public async Task Feedback_MovesTheEstimate()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        using UdpPeer peer = new();
        Heard<TraceEvent> traces = new();
        PlainTransport transport = await ViewerAsync(call, peer, traces);
        Producer producer = await call.Transport.ProduceAsync(Samples.Vp8Producer);
        Consumer consumer = await transport.ConsumeAsync(
            new() { Producer = producer, RtpCapabilities = CapabilitiesWith(call.Router, TransportFeedback) });
        Assert.That(Feedbacks(consumer), Does.Contain(TransportFeedback).And.Not.Contain(Remb));

        using Streamer streamer = new(sequence => producer.Send(RtpPackets.Vp8(sequence, isKey: sequence % 10 == 0)));
        using CancellationTokenSource enough = new();
#pragma warning disable CA2025 // It is awaited before the peer goes.
        Task answering = AnswerAsync(peer, transport.Tuple.LocalPort, consumer.RtpParameters, enough.Token);
#pragma warning restore CA2025
        TraceEvent probe = await traces.NextAsync(trace => trace.Type == TraceEventType.Probation);
        TraceEvent estimate = await traces.NextAsync(trace => trace.Type == TraceEventType.Bwe);
        TransportStats stats = await transport.GetStatsAsync();
        MediaCounters counters = await call.Worker.GetCountersAsync();
        await enough.CancelAsync();
        await answering;

        Assert.That((probe.Direction, estimate.Direction), Is.EqualTo((TraceDirection.Out, TraceDirection.Out)));
        TraceDetail.Bandwidth bandwidth = (TraceDetail.Bandwidth)estimate.Detail!;
        Assert.That(bandwidth.Algorithm, Is.EqualTo(TransportFeedback));
        Assert.That(bandwidth.AvailableBitrate, Is.GreaterThan(0));
        Assert.That(stats.AvailableOutgoingBitrate, Is.GreaterThan(0));
        Assert.That(stats.RtxBytesSent + stats.ProbationBytesSent, Is.GreaterThan(0), "probes are RTX or probation");
        Assert.That(counters.Media.TransportFeedbacksReceived, Is.GreaterThan(0));
        Assert.That(counters.Estimates.Normal + counters.Estimates.Overuse + counters.Estimates.Underuse, Is.EqualTo(1));
        Assert.That(counters.Estimates.EstimatedBitrate, Is.GreaterThan(0));
    }

    [Test]
    public async Task Remb_BoundsTheEstimate()
    {
        const uint Allowed = 250_000;
        await using DirectCall call = await DirectCall.StartAsync(mode);
        using UdpPeer peer = new();
        Heard<TraceEvent> traces = new();
        PlainTransport transport = await ViewerAsync(call, peer, traces);
        Producer producer = await call.Transport.ProduceAsync(Samples.Vp8Producer);
        Consumer consumer = await transport.ConsumeAsync(
            new() { Producer = producer, RtpCapabilities = CapabilitiesWith(call.Router, Remb) });
        Assert.That(Feedbacks(consumer), Does.Contain(Remb).And.Not.Contain(TransportFeedback));
        uint ssrc = consumer.RtpParameters.Encodings[0].Ssrc!.Value;

        using Streamer streamer = new(sequence =>
        {
            producer.Send(RtpPackets.Vp8(sequence, isKey: sequence % 10 == 0));
            peer.Send(transport.Tuple.LocalPort, FeedbackPackets.Remb(ssrc, Allowed));
        });
        TraceEvent estimate = await traces.NextAsync(trace =>
            trace.Detail is TraceDetail.Bandwidth { AvailableBitrate: <= Allowed and > 0 });
        TransportStats stats = await transport.GetStatsAsync();

        Assert.That(((TraceDetail.Bandwidth)estimate.Detail!).Algorithm, Is.EqualTo("remb"));
        Assert.That(stats.AvailableOutgoingBitrate, Is.GreaterThan(0).And.LessThanOrEqualTo(Allowed));
    }

    [Test]
    public async Task Limits_StandInTheStatistics()
    {
        await using DirectCall call = await DirectCall.StartAsync(mode);
        WebRtcTransport transport = await call.Router.CreateWebRtcTransportAsync(Samples.WebRtcOptions);

        await transport.SetMaxIncomingBitrateAsync(1_500_000);
        await transport.SetMaxOutgoingBitrateAsync(900_000);
        await transport.SetMinOutgoingBitrateAsync(60_000);
        WebRtcTransportStats stats = await transport.GetStatsAsync();

        Assert.That(
            (stats.MaxIncomingBitrate, stats.MaxOutgoingBitrate, stats.MinOutgoingBitrate),
            Is.EqualTo(((ulong?)1_500_000, (ulong?)900_000, (ulong?)60_000)));
    }

    // A transport whose peer hears what is consumed, with its traces on.
    private static async Task<PlainTransport> ViewerAsync(DirectCall call, UdpPeer peer, Heard<TraceEvent> traces)
    {
        PlainTransport transport = await call.Router.CreatePlainTransportAsync(
            new PlainTransportOptions { ListenInfo = new() { Ip = "127.0.0.1" } });
        await transport.ConnectAsync(new() { Ip = "127.0.0.1", Port = peer.Port });
        transport.Trace += traces.Add;
        await transport.EnableTraceEventAsync([TraceEventType.Probation, TraceEventType.Bwe]);
        return transport;
    }

    // The router's own, as of a viewer who knows one kind of feedback about bandwidth.
    private static RtpCapabilities CapabilitiesWith(Router router, string feedback)
    {
        string other = feedback == Remb ? TransportFeedback : Remb;
        return router.RtpCapabilities with
        {
            Codecs = [.. router.RtpCapabilities.Codecs.Select(codec => codec with
            {
                RtcpFeedback = [.. codec.RtcpFeedback.Where(entry => entry.Type != other)],
            })],
            HeaderExtensions =
            [
                .. router.RtpCapabilities.HeaderExtensions.Where(extension =>
                    feedback == TransportFeedback || extension.Uri != RtpHeaderExtensionUri.TransportWideCc),
            ],
        };
    }

    private static string[] Feedbacks(Consumer consumer) =>
        [.. consumer.RtpParameters.Codecs[0].RtcpFeedback.Select(entry => entry.Type)];

    private static async Task AnswerAsync(UdpPeer peer, int port, RtpParameters parameters, CancellationToken enough)
    {
        Stopwatch clock = Stopwatch.StartNew();
        byte count = 0;
        while (!enough.IsCancellationRequested)
        {
            byte[] packet = await peer.ReceiveAsync(static datagram => datagram.Length > 16);
            if (FeedbackPackets.NumberOf(packet, parameters) is { } number)
            {
                peer.Send(port, FeedbackPackets.Arrived(number, count++, clock.Elapsed));
            }
        }
    }
}
