using System.Globalization;

namespace Millrace.Controller;

/// <summary>All figures of a worker that its meter shows; docs/OPERATIONS.md is printed from it.</summary>
internal static class WorkerMetricTable
{
    private const double MicrosecondsPerSecond = 1e6;
    private const double MillisecondsPerSecond = 1e3;
    private const double KibibyteBytes = 1024;

    public static IReadOnlyList<WorkerMetric> All { get; } =
    [
        Counter("datagrams", "{datagram}", "Datagrams of any kind (over TCP: frames), by direction: received from the network, sent to it.",
            ["direction"], r => [new(r.Media.Received.Packets, "received"), new(r.Media.Sent.Packets, "sent")]),
        Counter("datagrams.size", "By", "Their bytes, without the headers of UDP, TCP and IP.",
            ["direction"], r => [new(r.Media.Received.Bytes, "received"), new(r.Media.Sent.Bytes, "sent")]),
        Counter("drops", "{packet}", "Packets that were not processed or not sent, by reason.",
            ["reason"], r => ByWord(r.Media.Drops)),
        Counter("rtp.packets", "{packet}",
            "RTP packets, by kind: received (opened, with retransmissions), sent (each consumer's copy), rtx (answers to NACKs, and padding), probation (other padding).",
            ["kind"], r => Rtp(r.Media.Media, count => count.Packets)),
        Counter("rtp.size", "By", "Their bytes: in the clear when received, encrypted when sent.",
            ["kind"], r => Rtp(r.Media.Media, count => count.Bytes)),
        Counter("rtcp.received", "{packet}", "RTCP compounds that could be opened.", [], r => [new(r.Media.Media.RtcpReceived)]),
        Counter("nacks", "{nack}", "NACKs, by direction: received from viewers, sent to sources.",
            ["direction"], r => [new(r.Media.Media.NacksReceived, "received"), new(r.Media.Media.NacksSent, "sent")]),
        Counter("packets.asked_again", "{packet}", "Packets that viewers asked for by NACK.", [], r => [new(r.Media.Media.PacketsAskedAgain)]),
        Counter("packets.resent", "{packet}", "Packets that were sent again for it.", [], r => [new(r.Media.Media.PacketsResent)]),
        Counter("key_frame_requests", "{request}", "PLI and FIR, by direction: received from viewers, sent to sources.",
            ["direction"], r => [new(r.Media.Media.KeyFramesAsked, "received"), new(r.Media.Media.KeyFrameRequestsSent, "sent")]),
        Counter("bandwidth.feedbacks", "{packet}", "What viewers say about their bandwidth, by kind: transport-cc, remb.",
            ["kind"], r => [new(r.Media.Media.TransportFeedbacksReceived, "transport-cc"), new(r.Media.Media.RembsReceived, "remb")]),
        Counter("layer_switches", "{switch}", "Changes of the layers that consumers get, by cause.",
            ["cause"], r => ByWord(r.Media.LayerSwitches)),
        Counter("connections", "{connection}", "Connections that came to be (connected) or failed or were lost (failed), by protocol: ice, dtls, sctp.",
            ["protocol", "state"], r => Connections(r.Media.Connections)),
        Counter("channel.frames", "{frame}",
            "Frames of the channel as the worker saw them, by kind: request, request-refused, notification, notification-refused, unreadable, event, log.",
            ["kind"], r => Frames(r.Media.Channel)),
        Counter("channel.faults", "{fault}",
            "What went wrong on this side of the channel, by kind: timeout (a request without answer), late-answer, late-event, corrupt-frame, failed-handler.",
            ["kind"], r => Faults(r.Channel)),
        Histogram("receive.batch", "{datagram}", "Datagrams that one call into the kernel brought.", r => r.Media.Batches.Receive),
        Histogram("send.batch", "{datagram}", "Datagrams that one call into the kernel took.", r => r.Media.Batches.Send),
        Histogram("send.segments", "{datagram}", "Datagrams that left as one segmented send.", r => r.Media.Batches.Segments),
        Histogram("tick.duration", "s", "Length of a turn of the worker's loop: from waking up until everything was sent.",
            r => r.Media.Batches.TickMicroseconds, MicrosecondsPerSecond),
        Gauge("objects", "{object}",
            "What the worker holds, by kind: webrtc-server, router, transport, producer, consumer, data-producer, data-consumer, rtp-observer.",
            ["kind"], r => Objects(r.Media.Objects)),
        Gauge("pool.packets", "{packet}", "Packets in the worker's pool, by state: used, limit (how many there may be).",
            ["state"], r => [new(r.Media.Objects.PacketsInUse, "used"), new(r.Media.Objects.PacketsMax, "limit")]),
        Gauge("estimates", "{transport}",
            "Transports with a bandwidth estimate, by what the delay says: normal, overuse (a queue fills), underuse (it drains).",
            ["usage"], r => Estimates(r.Media.Estimates)),
        Gauge("estimates.limited", "{transport}", "Of these, transports whose consumers want more than the estimate allows.",
            [], r => [new(r.Media.Estimates.Limited)]),
        Gauge("estimates.bitrate", "bit/s", "All estimates together (available), and what the consumers want together (wanted).",
            ["kind"], r => [new(r.Media.Estimates.EstimatedBitrate, "available"), new(r.Media.Estimates.WantedBitrate, "wanted")]),
        Gauge("packets.paced", "{packet}", "Packets that wait in pacers for their time.", [], r => [new(r.Media.Estimates.PacketsPaced)]),
        Counter("cpu", "s", "Processor time of the worker, by mode: user, system. A worker within the server counts the whole server.",
            ["mode"], r => r.Usage is { } usage
                ? [new(usage.UserTime / MillisecondsPerSecond, "user"), new(usage.SystemTime / MillisecondsPerSecond, "system")]
                : []),
        Gauge("memory.max", "By", "The most memory that the worker has had resident.",
            [], r => r.Usage is { } usage ? [new(usage.MaxResidentSet * KibibyteBytes)] : []),
    ];

    private static WorkerMetric Counter(
        string name, string unit, string meaning, IReadOnlyList<string> labels, Func<WorkerReading, IEnumerable<WorkerMetricValue>> read) =>
        new($"millrace.worker.{name}", unit, WorkerMetricKind.Counter, meaning, labels, read);

    private static WorkerMetric Gauge(
        string name, string unit, string meaning, IReadOnlyList<string> labels, Func<WorkerReading, IEnumerable<WorkerMetricValue>> read) =>
        new($"millrace.worker.{name}", unit, WorkerMetricKind.Gauge, meaning, labels, read);

    private static WorkerMetric Histogram(
        string name, string unit, string meaning, Func<WorkerReading, SizeHistogram> read, double unitsPerOne = 1) =>
        new($"millrace.worker.{name}", unit, WorkerMetricKind.Histogram, meaning, [WorkerMetric.BucketLabel], r => Buckets(read(r), unitsPerOne));

    private static IEnumerable<WorkerMetricValue> ByWord(IReadOnlyDictionary<string, ulong> counts) =>
        counts.Select(count => new WorkerMetricValue(count.Value, count.Key));

    private static IEnumerable<WorkerMetricValue> Rtp(MediaTraffic media, Func<PacketCount, ulong> read) =>
    [
        new(read(media.RtpReceived), "received"),
        new(read(media.RtpSent), "sent"),
        new(read(media.RtxSent), "rtx"),
        new(read(media.ProbationSent), "probation"),
    ];

    private static IEnumerable<WorkerMetricValue> Connections(ConnectionCounts counts) =>
    [
        new(counts.IceCompleted, "ice", "connected"),
        new(counts.IceDisconnected, "ice", "failed"),
        new(counts.DtlsConnected, "dtls", "connected"),
        new(counts.DtlsFailed, "dtls", "failed"),
        new(counts.SctpConnected, "sctp", "connected"),
        new(counts.SctpFailed, "sctp", "failed"),
    ];

    private static IEnumerable<WorkerMetricValue> Frames(ChannelFrameCounts counts) =>
    [
        new(counts.Requests, "request"),
        new(counts.RequestsRefused, "request-refused"),
        new(counts.NotificationsReceived, "notification"),
        new(counts.NotificationsRefused, "notification-refused"),
        new(counts.Unreadable, "unreadable"),
        new(counts.NotificationsSent, "event"),
        new(counts.LogLinesSent, "log"),
    ];

    private static IEnumerable<WorkerMetricValue> Faults(WorkerCounters counts) =>
    [
        new(counts.TimedOutRequests, "timeout"),
        new(counts.LateResponses, "late-answer"),
        new(counts.LateNotifications, "late-event"),
        new(counts.CorruptFrames, "corrupt-frame"),
        new(counts.FailedHandlers, "failed-handler"),
    ];

    private static IEnumerable<WorkerMetricValue> Objects(ObjectCounts counts) =>
    [
        new(counts.WebRtcServers, "webrtc-server"),
        new(counts.Routers, "router"),
        new(counts.Transports, "transport"),
        new(counts.Producers, "producer"),
        new(counts.Consumers, "consumer"),
        new(counts.DataProducers, "data-producer"),
        new(counts.DataConsumers, "data-consumer"),
        new(counts.RtpObservers, "rtp-observer"),
    ];

    private static IEnumerable<WorkerMetricValue> Estimates(BandwidthEstimates estimates) =>
        [new(estimates.Normal, "normal"), new(estimates.Overuse, "overuse"), new(estimates.Underuse, "underuse")];

    // Each bucket with all below it, as listeners know them, the last one without end; and the sum.
    private static IEnumerable<WorkerMetricValue> Buckets(SizeHistogram histogram, double unitsPerOne)
    {
        double below = 0;
        for (int i = 0; i < histogram.Buckets.Count; i++)
        {
            below += histogram.Buckets[i];
            string bound = i == histogram.Buckets.Count - 1
                ? "+Inf"
                : (Math.Pow(2, i) / unitsPerOne).ToString(CultureInfo.InvariantCulture);
            yield return new(below, bound);
        }
        yield return new(histogram.Sum / unitsPerOne, "sum");
    }
}
