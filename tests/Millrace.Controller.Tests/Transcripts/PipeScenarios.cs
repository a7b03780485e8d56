using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Transcripts;

/// <summary>The scenarios of tests/node/recordings.mjs about pipes between routers.</summary>
internal static class PipeScenarios
{
    private static ListenInfo Loopback { get; } = new() { Ip = "127.0.0.1" };

    public static async Task TransportAsync(Worker worker, Transcript transcript)
    {
        Router router = await worker.CreateRouterAsync(transcript.Router);
        PlainTransport incoming = await router.CreatePlainTransportAsync(Scenarios.Plain);
        Producer layers = await incoming.ProduceAsync(new() { Kind = MediaKind.Video, RtpParameters = transcript.Rtp("simulcast") });
        PipeTransport secret = await router.CreatePipeTransportAsync(
            new() { ListenInfo = Loopback, EnableRtx = true, EnableSrtp = true });
        string key = Convert.ToBase64String([.. Enumerable.Range(0, 44).Select(i => (byte)i)]);
        await secret.ConnectAsync(new()
        {
            Ip = Loopback.Ip,
            Port = 9_010,
            SrtpParameters = new(SrtpCryptoSuite.AeadAes256Gcm, key),
        });
        Consumer whole = await secret.ConsumeAsync(new() { Producer = layers });
        PipeTransport open = await router.CreatePipeTransportAsync(new() { ListenInfo = Loopback });
        await open.ConnectAsync(new() { Ip = Loopback.Ip, Port = 9_012 });
        Consumer plain = await open.ConsumeAsync(new() { Producer = layers });
        await whole.PauseAsync();
        await secret.GetStatsAsync();
        await open.DumpAsync();
        await router.CloseAsync();
        await worker.DumpAsync();

        Assert.That((whole.Type, plain.Type), Is.EqualTo((RtpType.Pipe, RtpType.Pipe)));
        Assert.That((whole.RtpParameters.Encodings.Count, plain.RtpParameters.Encodings.Count), Is.EqualTo((3, 3)));
        Assert.That(open.Tuple.RemotePort, Is.EqualTo(9_012));
    }

    public static async Task ToRouterAsync(Worker worker, Transcript transcript)
    {
        Router near = await worker.CreateRouterAsync(transcript.Router);
        Router far = await worker.CreateRouterAsync(transcript.Router);
        PlainTransport incoming = await near.CreatePlainTransportAsync(Scenarios.Plain);
        Producer audio = await incoming.ProduceAsync(
            new() { Kind = MediaKind.Audio, RtpParameters = transcript.Rtp("opus"), Paused = true });
        Producer layers = await incoming.ProduceAsync(new() { Kind = MediaKind.Video, RtpParameters = transcript.Rtp("simulcast") });
        PipeToRouterOptions options = new() { Router = far, EnableSctp = false, ListenInfo = Loopback };
        RouterPipe sound = await near.PipeToRouterAsync(options with { Producer = audio });
        RouterPipe picture = await near.PipeToRouterAsync(options with { Producer = layers });
        RouterDump dump = await far.DumpAsync();

        Assert.That((sound.Producer!.IsPaused, picture.Producer!.IsPaused), Is.EqualTo((true, false)));
        Assert.That(dump.ConsumersByProducer.Keys, Is.EquivalentTo(new[] { sound.Producer.Id, picture.Producer.Id }));
    }
}
