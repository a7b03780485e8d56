using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Transcripts;

/// <summary>The scenarios of tests/node/recordings.mjs about messages, and about packets that the host sends itself.</summary>
internal static class DataScenarios
{
    // As in the recordings: an RTP packet of SSRC 11111 and an empty receiver report.
    private static readonly byte[] Rtp = Convert.FromHexString("806f00010000000000002b67fcfffe");
    private static readonly byte[] ReceiverReport = Convert.FromHexString("80c9000100000001");

    public static async Task DirectAsync(Worker worker, Transcript transcript)
    {
        Router router = await worker.CreateRouterAsync(transcript.Router);
        DirectTransport direct = await router.CreateDirectTransportAsync(new() { MaxMessageSize = 100_000 });
        Producer audio = await direct.ProduceAsync(new() { Kind = MediaKind.Audio, RtpParameters = transcript.Rtp("opus") });
        audio.Send(Rtp);
        direct.SendRtcp(ReceiverReport);
        DataProducer chat = await direct.ProduceDataAsync(new() { Label = "chat", Protocol = "text" });
        DataConsumer read = await direct.ConsumeDataAsync(new() { DataProducer = chat, Subchannels = [1] });
        await read.SetSubchannelsAsync([1, 2]);
        await read.AddSubchannelAsync(3);
        await read.RemoveSubchannelAsync(1);
        chat.Send(DataMessage.OfText("all"));
        chat.Send(DataMessage.OfBinary(new byte[] { 1, 2, 3 }));
        chat.Send(DataMessage.OfText("some"), new() { Subchannels = [2, 7], RequiredSubchannel = 2 });
        await read.PauseAsync();
        await read.ResumeAsync();
        await chat.PauseAsync();
        await chat.ResumeAsync();
        DataProducerDump dump = await chat.DumpAsync();
        await chat.GetStatsAsync();
        await read.DumpAsync();
        await read.GetStatsAsync();
        await read.CloseAsync();
        await chat.CloseAsync();
        await direct.GetStatsAsync();
        await direct.DumpAsync();
        await direct.CloseAsync();
        await router.DumpAsync();

        Assert.That((dump.Id, dump.Label), Is.EqualTo((chat.Id, "chat")));
        Assert.That(read.Subchannels, Is.EquivalentTo(new[] { 2, 3 }));
    }

    public static async Task SctpAsync(Worker worker, Transcript transcript)
    {
        Router router = await worker.CreateRouterAsync(transcript.Router);
        PlainTransportOptions options = Scenarios.Plain with
        {
            Comedia = false,
            EnableSctp = true,
            // The other controller's default; ours is 0.
            Sctp = new() { BufferedAmountLowThreshold = 1_024 },
        };
        PlainTransport incoming = await router.CreatePlainTransportAsync(
            options with { Sctp = options.Sctp with { MaxSendMessageSize = 100_000, MaxReceiveMessageSize = 120_000 } });
        PlainTransport outgoing = await router.CreatePlainTransportAsync(options);
        DataProducer ordered = await incoming.ProduceDataAsync(new()
        {
            Label = "ordered",
            Protocol = "p",
            SctpStreamParameters = new() { StreamId = 4, Ordered = true },
        });
        DataProducer lossy = await incoming.ProduceDataAsync(new()
        {
            Label = "lossy",
            SctpStreamParameters = new() { StreamId = 5, Ordered = false, MaxRetransmits = 2 },
            Paused = true,
        });
        DataConsumer first = await outgoing.ConsumeDataAsync(new() { DataProducer = ordered });
        DataConsumer second = await outgoing.ConsumeDataAsync(
            new() { DataProducer = lossy, Ordered = false, MaxRetransmits = 5, Paused = true });
        await first.SetBufferedAmountLowThresholdAsync(2_000);
        await first.GetBufferedAmountAsync();
        await second.GetStatsAsync();
        await lossy.CloseAsync();
        await first.CloseAsync();
        await incoming.CloseAsync();
        await outgoing.DumpAsync();

        Assert.That(incoming.SctpParameters!.MaxSendMessageSize, Is.EqualTo(100_000));
        Assert.That((first.Label, second.Label), Is.EqualTo(("ordered", "lossy")));
        Assert.That(second.IsClosed, Is.True);
    }
}
