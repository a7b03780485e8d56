using Millrace.Controller;
using Millrace.Controller.Rtp;

// Embedding [in-process]: a worker in a child process, or in this one.
WorkerMode mode = args.Contains("in-process") ? WorkerMode.InProcess : WorkerMode.Process;
await using Worker worker = await Worker.StartAsync(new WorkerOptions { Mode = mode });
worker.Died += died => Console.Error.WriteLine(died.Reason);

await using Router router = await worker.CreateRouterAsync(new RouterOptions
{
    MediaCodecs = [new() { Kind = MediaKind.Audio, MimeType = "audio/opus", ClockRate = 48000, Channels = 2 }],
});
foreach (RtpCodecCapability codec in router.RtpCapabilities.Codecs)
{
    Console.WriteLine($"codec {codec.MimeType} {codec.PreferredPayloadType}");
}

PlainTransportOptions loopback = new() { ListenInfo = new() { Ip = "127.0.0.1" }, Comedia = true };
PlainTransport source = await router.CreatePlainTransportAsync(loopback);
PlainTransport sink = await router.CreatePlainTransportAsync(loopback);
RtpCodecParameters opus = new() { MimeType = "audio/opus", PayloadType = 100, ClockRate = 48000, Channels = 2 };
Producer producer = await source.ProduceAsync(new ProducerOptions
{
    Kind = MediaKind.Audio,
    RtpParameters = new RtpParameters { Codecs = [opus], Encodings = [new() { Ssrc = 1111 }] },
});
Consumer consumer = await sink.ConsumeAsync(new ConsumerOptions
{
    Producer = producer,
    RtpCapabilities = router.RtpCapabilities,
});
Console.WriteLine($"send RTP to {source.Tuple.LocalAddress}:{source.Tuple.LocalPort}");
Console.WriteLine($"consumer of SSRC {consumer.RtpParameters.Encodings[0].Ssrc} is {consumer.Type}");
