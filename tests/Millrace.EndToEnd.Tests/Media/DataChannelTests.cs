using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;
using Millrace.Impairment;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>Messages from browser to browser through a worker's SCTP.</summary>
public sealed class DataChannelTests
{
    private const int LargestMessage = 262_144;
    private static readonly WebRtcTransportOptions WithData = Studio.Loopback with { EnableSctp = true };

    private static IEnumerable<ChannelOptions> Kinds =>
    [
        new(),
        new(Ordered: false),
        new(Ordered: false, MaxRetransmits: 3),
        new(Ordered: false, MaxPacketLifeTime: 2000),
    ];

    [TestCaseSource(nameof(Kinds))]
    public async Task Messages_OfEveryKindArrive(object options)
    {
        ChannelOptions chosen = (ChannelOptions)options;
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada", WithData);
        Client ben = await studio.OpenAsync("Ben", WithData);
        SentChannel sent = await SentChannel.OpenAsync(ada, chosen);
        ReceivedChannel received = await ReceivedChannel.OpenAsync(ben, sent.Producer);
        OutgoingMessage[] messages =
        [
            OutgoingMessage.OfText("Grüße, 世界"),
            OutgoingMessage.OfBytes(1),
            OutgoingMessage.OfText(string.Empty),
            OutgoingMessage.OfBytes(0),
            OutgoingMessage.OfBytes(20_000, seed: 2),
            OutgoingMessage.OfText(new string('x', 5000)),
        ];

        await sent.SendAsync(messages);

        ReceivingChannel seen = await received.GetsAsync(messages.Length);
        IEnumerable<ReceivedMessage> expected = messages.Select(m => m.Expected);
        if (chosen.Ordered ?? true)
        {
            Assert.That(seen.Messages, Is.EqualTo(expected));
        }
        else
        {
            Assert.That(seen.Messages, Is.EquivalentTo(expected));
        }
        Assert.That(
            new ChannelOptions(seen.Label, seen.Protocol, seen.Ordered ? null : false, seen.MaxPacketLifeTime, seen.MaxRetransmits),
            Is.EqualTo(chosen),
            "the receiver's channel is as the sender's");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Messages_CrossAPipeBetweenTwoWorkers(bool ordered)
    {
        await using Studio studio = await Studio.StartAsync(workers: 2);
        Client ada = await studio.OpenAsync("Ada", WithData);
        Client ben = await studio.OpenAsync("Ben", WithData, studio.Routers[1]);
        SentChannel sent = await SentChannel.OpenAsync(ada, new ChannelOptions(Ordered: ordered ? null : false));
        RouterPipe pipe = await studio.Router.PipeToRouterAsync(
            new PipeToRouterOptions { DataProducer = sent.Producer, Router = studio.Routers[1] });
        ReceivedChannel received = await ReceivedChannel.OpenAsync(ben, pipe.DataProducer!);
        OutgoingMessage[] messages =
        [
            OutgoingMessage.OfText("Grüße, 世界"),
            OutgoingMessage.OfBytes(0),
            .. Enumerable.Range(1, 20).Select(i => OutgoingMessage.OfBytes(5000 * i, (uint)i)),
        ];

        await sent.SendAsync(messages);

        ReceivingChannel seen = await received.GetsAsync(messages.Length);
        IEnumerable<ReceivedMessage> expected = messages.Select(m => m.Expected);
        Assert.That(seen.Messages, ordered ? Is.EqualTo(expected) : Is.EquivalentTo(expected));
        Assert.That(seen.Ordered, Is.EqualTo(ordered), "the channel behind the pipe is as the sender's");

        await sent.CloseAsync();
        await sent.Producer.CloseAsync();
        await received.UntilAsync(now => now.State == "closed", "what is behind the pipe closes with its source");
    }

    [Test]
    public async Task LargestMessage_ArrivesWhole()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada", WithData);
        Client ben = await studio.OpenAsync("Ben", WithData);
        SentChannel sent = await SentChannel.OpenAsync(ada, new ChannelOptions());
        ReceivedChannel received = await ReceivedChannel.OpenAsync(ben, sent.Producer);
        OutgoingMessage[] messages =
            [.. Enumerable.Range(1, 4).Select(i => OutgoingMessage.OfBytes(LargestMessage, (uint)i)), OutgoingMessage.OfText("end")];

        await sent.SendAsync(messages);

        ReceivingChannel seen = await received.GetsAsync(messages.Length);
        Assert.That(seen.Messages, Is.EqualTo(messages.Select(m => m.Expected)));
    }

    [Test]
    public async Task Close_OfTheSourceClosesTheReceiversChannel_AndAnotherOneCanBeOpened()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada", WithData);
        Client ben = await studio.OpenAsync("Ben", WithData);
        SentChannel first = await SentChannel.OpenAsync(ada, new ChannelOptions("first"));
        ReceivedChannel atBen = await ReceivedChannel.OpenAsync(ben, first.Producer);

        await first.CloseAsync();
        await first.Producer.CloseAsync();

        await atBen.UntilAsync(seen => seen.State == "closed" && seen.Events.Contains("close"), "the channel is closed");
        Assert.That(atBen.Consumer.IsClosed, Is.True);
        SentChannel second = await SentChannel.OpenAsync(ada, new ChannelOptions("second"));
        ReceivedChannel again = await ReceivedChannel.OpenAsync(ben, second.Producer);
        await second.SendAsync(OutgoingMessage.OfText("still here"));
        ReceivingChannel seen = await again.GetsAsync(1);
        Assert.That(seen.Messages, Is.EqualTo(new[] { new ReceivedMessage("still here") }));
    }

    [Test]
    public async Task Ordered_OverALossyLine_LosesNothing()
    {
        const int Count = 300;
        await using LossyTalk talk = await LossyTalk.StartAsync(new ChannelOptions());

        OutgoingMessage[] messages = await talk.SendAsync(Count);

        ReceivingChannel seen = await talk.Received.GetsAsync(Count);
        Assert.That(seen.Messages, Is.EqualTo(messages.Select(m => m.Expected)));
        Assert.That(talk.Lost, Is.Positive);
    }

    [Test]
    public async Task Unordered_OverALossyLine_LosesNothing()
    {
        const int Count = 300;
        await using LossyTalk talk = await LossyTalk.StartAsync(new ChannelOptions(Ordered: false));

        OutgoingMessage[] messages = await talk.SendAsync(Count);

        ReceivingChannel seen = await talk.Received.GetsAsync(Count);
        Assert.That(seen.Messages, Is.EquivalentTo(messages.Select(m => m.Expected)));
        Assert.That(talk.Lost, Is.Positive);
    }

    [Test]
    public async Task WithoutRetransmission_OverALossyLine_LosesSome_AndTheRestIsWhole()
    {
        const int Count = 300;
        await using LossyTalk talk = await LossyTalk.StartAsync(new ChannelOptions(Ordered: false, MaxRetransmits: 0));

        OutgoingMessage[] messages = await talk.SendAsync(Count);
        await talk.MendAsync();
        await talk.Sent.SendAsync(OutgoingMessage.OfText("end"));

        ReceivingChannel seen = await talk.Received.UntilAsync(
            now => now.Messages.Any(m => m.Text == "end"), "what is sent after the losses");
        ReceivedMessage[] came = [.. seen.Messages.Where(m => m.Text != "end")];
        Assert.That(came, Has.Length.LessThan(Count), "some are lost");
        Assert.That(came, Has.Length.GreaterThan(Count / 4), "most are not");
        Assert.That(came, Is.SubsetOf(messages.Select(m => m.Expected)).And.Unique, "what comes is whole, and comes once");
    }

    /// <summary>Two clients whose line to the worker loses every tenth datagram, both ways.</summary>
    private sealed class LossyTalk : IAsyncDisposable
    {
        private readonly Studio _studio;
        private readonly Line _hers;
        private readonly Line _his;

        private LossyTalk(Studio studio, Line hers, Line his)
        {
            _studio = studio;
            _hers = hers;
            _his = his;
        }

        public SentChannel Sent { get; private set; } = null!;

        public ReceivedChannel Received { get; private set; } = null!;

        public long Lost => _hers.Lost + _his.Lost;

        public static async Task<LossyTalk> StartAsync(ChannelOptions options)
        {
            Line hers = new(seed: 20261123);
            Line his = new(seed: 20261124);
            LossyTalk talk = new(await Studio.StartAsync(), hers, his);
            Client ada = await talk._studio.OpenAsync("Ada", WithData, route: hers.Route);
            Client ben = await talk._studio.OpenAsync("Ben", WithData, route: his.Route);
            talk.Sent = await SentChannel.OpenAsync(ada, options);
            talk.Received = await ReceivedChannel.OpenAsync(ben, talk.Sent.Producer);
            return talk;
        }

        /// <summary>Sends messages while datagrams are lost, a datagram or two each.</summary>
        public async Task<OutgoingMessage[]> SendAsync(int count)
        {
            SetLoss(0.1);
            OutgoingMessage[] messages = [.. Enumerable.Range(0, count).Select(i => OutgoingMessage.OfBytes(900 + i, (uint)i))];
            await Sent.SendAsync(messages);
            return messages;
        }

        /// <summary>Ends the losses once the sender has nothing left to send.</summary>
        public async Task MendAsync()
        {
            await Waiting.UntilAsync(Sent.LookAsync, seen => seen.Buffered == 0, seen => $"{seen}");
            SetLoss(0);
        }

        public async ValueTask DisposeAsync()
        {
            await _studio.DisposeAsync();
            await _hers.DisposeAsync();
            await _his.DisposeAsync();
        }

        private void SetLoss(double loss)
        {
            LineQuality quality = new(loss);
            (_hers.ToWorker, _hers.ToClient, _his.ToWorker, _his.ToClient) = (quality, quality, quality, quality);
        }
    }
}
