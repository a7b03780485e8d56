using Millrace.Controller.Rtp;
using Millrace.Schema.Notification;
using Millrace.Schema.Request;

namespace Millrace.Controller.Tests;

[Parallelizable]
[CancelAfter(30_000)]
internal sealed class PipeTests
{
    [Test]
    public async Task Pipe_MakesOnePairOfTransports_ForBothDirections()
    {
        await using Pair pair = await Pair.StartAsync();
        Producer back = await pair.FarTransport.ProduceAsync(Samples.OpusProducer);

        RouterPipe[] pipes = await Task.WhenAll(
            pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Far }),
            pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Far }),
            pair.Far.PipeToRouterAsync(new() { Producer = back, Router = pair.Near }));

        Assert.That(pair.NearPeer.Methods.Count(method => method == Method.ROUTER_CREATE_PIPETRANSPORT), Is.EqualTo(1));
        Assert.That(pair.FarPeer.Methods.Count(method => method == Method.ROUTER_CREATE_PIPETRANSPORT), Is.EqualTo(1));
        Assert.That(pair.NearPeer.Methods.Count(method => method == Method.PIPETRANSPORT_CONNECT), Is.EqualTo(1));
        Assert.That(pipes[1].Producer, Is.SameAs(pipes[0].Producer));
        Assert.That(pipes[0].Producer!.Router, Is.SameAs(pair.Far));
        Assert.That(pipes[2].Producer!.Router, Is.SameAs(pair.Near));
        Assert.That(pipes[0].Consumer!.Type, Is.EqualTo(RtpType.Pipe));
    }

    [Test]
    public async Task Pipe_TellsBothEndsWhereTheOtherIs()
    {
        await using Pair pair = await Pair.StartAsync();

        await pair.Near.PipeToRouterAsync(
            new() { Producer = pair.Producer, Router = pair.Far, EnableSrtp = true, EnableRtx = true });

        Schema.PipeTransport.ConnectRequest near = ConnectOf(pair.NearPeer);
        Schema.PipeTransport.ConnectRequest far = ConnectOf(pair.FarPeer);
        Assert.That((near.Ip, near.Port, far.Port), Is.EqualTo(("127.0.0.1", (ushort?)40004, (ushort?)40004)));
        Assert.That(near.SrtpParameters!.Value.KeyBase64, Is.EqualTo(TransportOf(pair.FarPeer)));
        Assert.That(far.SrtpParameters!.Value.KeyBase64, Is.EqualTo(TransportOf(pair.NearPeer)));
    }

    [Test]
    public async Task FarProducer_PausesAndClosesWithItsSource()
    {
        await using Pair pair = await Pair.StartAsync();
        RouterPipe pipe = await pair.Near.PipeToRouterAsync(
            new() { Producer = pair.Producer, Router = pair.Far, KeepId = true });
        List<string> events = [];
        pipe.Consumer!.Closed += reason => events.Add($"consumer {reason}");
        pipe.Producer!.Closed += reason => events.Add($"producer {reason}");

        Assert.That(pipe.Producer.Id, Is.EqualTo(pair.Producer.Id));
        pair.NearPeer.Notify(pipe.Consumer.Id, Event.CONSUMER_PRODUCER_PAUSE);
        await pair.FlushAsync();
        Assert.That(pipe.Producer.IsPaused, Is.True);
        pair.NearPeer.Notify(pipe.Consumer.Id, Event.CONSUMER_PRODUCER_RESUME);
        await pair.FlushAsync();
        Assert.That(pipe.Producer.IsPaused, Is.False);
        pair.NearPeer.Notify(pipe.Consumer.Id, Event.CONSUMER_PRODUCER_CLOSE);
        await pair.FlushAsync();

        Assert.That(events, Is.EqualTo(new[] { "producer PipeClosed", "consumer ProducerClosed" }));
        Assert.That(
            pair.FarPeer.Methods.Where(method => method is Method.PRODUCER_PAUSE or Method.PRODUCER_RESUME or Method.TRANSPORT_CLOSE_PRODUCER),
            Is.EqualTo(new[] { Method.PRODUCER_PAUSE, Method.PRODUCER_RESUME, Method.TRANSPORT_CLOSE_PRODUCER }));
    }

    [Test]
    public async Task ClosingTheFarProducer_ClosesTheConsumer_AndThePipeCanBeMadeAnew()
    {
        await using Pair pair = await Pair.StartAsync();
        RouterPipe first = await pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Far });

        await first.Producer!.CloseAsync();
        RouterPipe second = await pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Far });

        Assert.That(first.Consumer!.IsClosed, Is.True);
        Assert.That((second.Producer!.IsClosed, second.Consumer!.IsClosed), Is.EqualTo((false, false)));
        Assert.That(pair.NearPeer.Methods.Count(method => method == Method.ROUTER_CREATE_PIPETRANSPORT), Is.EqualTo(1));
    }

    [Test]
    public async Task ClosingARouter_ClosesBothEnds_AndTheNextPipeMakesNewTransports()
    {
        await using Pair pair = await Pair.StartAsync();
        RouterPipe pipe = await pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Far });

        await pair.Far.CloseAsync();
        await pair.FlushAsync();

        Assert.That((pipe.Consumer!.IsClosed, pair.Producer.IsClosed), Is.EqualTo((true, false)));
        Assert.That(pair.NearPeer.Methods, Has.One.EqualTo(Method.ROUTER_CLOSE_TRANSPORT));
        Router third = await pair.FarWorker.CreateRouterAsync(Samples.RouterOptions);
        await pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = third });
        Assert.That(pair.NearPeer.Methods.Count(method => method == Method.ROUTER_CREATE_PIPETRANSPORT), Is.EqualTo(2));
    }

    [Test]
    public async Task DeathOfAWorker_ClosesTheOtherEnd()
    {
        await using Pair pair = await Pair.StartAsync();
        RouterPipe pipe = await pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Far });
        TaskCompletionSource died = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pair.FarWorker.Died += _ => died.SetResult();

        pair.FarPeer.Die(new Interop.WorkerExit(null, 9));
        await died.Task;

        Assert.That((pipe.Consumer!.IsClosed, pipe.Producer!.IsClosed, pair.Near.IsClosed), Is.EqualTo((true, true, false)));
    }

    [Test]
    public async Task FailedPipe_LeavesNothingBehind()
    {
        await using Pair pair = await Pair.StartAsync();
        pair.FarPeer.Script = request => request.Method == Method.PIPETRANSPORT_CONNECT
            ? new ScriptedAnswer(Error: "Error", Reason: "no") : ScriptedAnswers.Accept(request);
        await Assert.CatchAsync<WorkerRequestException>(
            () => pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Far }));
        await pair.FlushAsync();
        Assert.That(pair.NearPeer.Methods, Has.One.EqualTo(Method.ROUTER_CLOSE_TRANSPORT));
        pair.FarPeer.Script = request => request.Method == Method.TRANSPORT_PRODUCE
            ? new ScriptedAnswer(Error: "Error", Reason: "no") : ScriptedAnswers.Accept(request);
        await Assert.CatchAsync<WorkerRequestException>(
            () => pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Far }));
        await pair.FlushAsync();
        Assert.That(pair.NearPeer.Methods, Has.One.EqualTo(Method.TRANSPORT_CLOSE_CONSUMER));

        pair.FarPeer.Script = ScriptedAnswers.Accept;
        RouterPipe pipe = await pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Far });

        Assert.That(pipe.Producer!.IsClosed, Is.False);
    }

    [Test]
    public async Task DataProducer_IsPipedOnAStreamOfThePipe()
    {
        await using Pair pair = await Pair.StartAsync();
        DirectTransport direct = await pair.Near.CreateDirectTransportAsync(new DirectTransportOptions());
        DataProducer source = await direct.ProduceDataAsync(new DataProducerOptions { Label = "chat" });

        RouterPipe pipe = await pair.Near.PipeToRouterAsync(new() { DataProducer = source, Router = pair.Far });
        pair.NearPeer.Notify(pipe.DataConsumer!.Id, Event.DATACONSUMER_DATAPRODUCER_PAUSE);
        await pair.FlushAsync();

        Assert.That((pipe.DataProducer!.Label, pipe.DataProducer.IsPaused), Is.EqualTo(("chat", true)));
        Assert.That(pipe.DataProducer.SctpStreamParameters, Is.EqualTo(new SctpStreamParameters { StreamId = 0, Ordered = true }));
        pair.NearPeer.Notify(pipe.DataConsumer.Id, Event.DATACONSUMER_DATAPRODUCER_CLOSE);
        await pair.FlushAsync();
        Assert.That(pipe.DataProducer.IsClosed, Is.True);
    }

    [Test]
    public async Task Pipe_WithinOneWorker_CannotKeepTheId()
    {
        await using Pair pair = await Pair.StartAsync();
        Router beside = await pair.NearWorker.CreateRouterAsync(Samples.RouterOptions);

        RouterPipe pipe = await pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = beside });

        Assert.That(pipe.Producer!.Id, Is.Not.EqualTo(pair.Producer.Id));
        await pipe.Producer.CloseAsync();
        await Assert.ThatAsync(
            () => pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = beside, KeepId = true }),
            Throws.ArgumentException);
    }

    [Test]
    public async Task Pipe_OfNothing_OrToItself_AsksTheWorkerNothing()
    {
        await using Pair pair = await Pair.StartAsync();

        await Assert.ThatAsync(() => pair.Near.PipeToRouterAsync(new() { Router = pair.Far }), Throws.ArgumentException);
        await Assert.ThatAsync(
            () => pair.Near.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Near }), Throws.ArgumentException);
        await Assert.ThatAsync(
            () => pair.Far.PipeToRouterAsync(new() { Producer = pair.Producer, Router = pair.Near }), Throws.ArgumentException);
        Assert.That(pair.NearPeer.Methods, Has.None.EqualTo(Method.ROUTER_CREATE_PIPETRANSPORT));
    }

    private static Schema.PipeTransport.ConnectRequest ConnectOf(ScriptedWorker peer) =>
        peer.Requests.Single(request => request.Method == Method.PIPETRANSPORT_CONNECT)
            .Wire.Body<Schema.PipeTransport.ConnectRequest>()!.Value;

    private static string TransportOf(ScriptedWorker peer) =>
        peer.Requests.Single(request => request.Method == Method.ROUTER_CREATE_PIPETRANSPORT)
            .Wire.Body<Schema.Router.CreatePipeTransportRequest>()!.Value.TransportId;

    /// <summary>Routers of two scripted workers, and a producer in the first.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        public required ScriptedWorker NearPeer { get; init; }

        public required ScriptedWorker FarPeer { get; init; }

        public required Worker NearWorker { get; init; }

        public required Worker FarWorker { get; init; }

        public required Router Near { get; init; }

        public required Router Far { get; init; }

        public required Producer Producer { get; init; }

        public required PlainTransport FarTransport { get; init; }

        public static async Task<Pair> StartAsync()
        {
            (ScriptedWorker nearPeer, Worker nearWorker) = await ScriptedWorker.StartAsync();
            (ScriptedWorker farPeer, Worker farWorker) = await ScriptedWorker.StartAsync();
            Router near = await nearWorker.CreateRouterAsync(Samples.RouterOptions);
            Router far = await farWorker.CreateRouterAsync(Samples.RouterOptions);
            PlainTransport sender = await near.CreatePlainTransportAsync(Samples.PlainOptions);
            await near.CreatePlainTransportAsync(Samples.PlainOptions);
            await near.CreatePlainTransportAsync(Samples.PlainOptions);
            await near.CreatePlainTransportAsync(Samples.PlainOptions);
            return new Pair
            {
                NearPeer = nearPeer,
                FarPeer = farPeer,
                NearWorker = nearWorker,
                FarWorker = farWorker,
                Near = near,
                Far = far,
                Producer = await sender.ProduceAsync(Samples.Vp8Producer),
                FarTransport = await far.CreatePlainTransportAsync(Samples.PlainOptions),
            };
        }

        /// <summary>What both peers have sent and been sent so far has been looked at when this completes.</summary>
        public async Task FlushAsync()
        {
            await NearWorker.UpdateSettingsAsync(null, null);
            await FarWorker.UpdateSettingsAsync(null, null);
        }

        public async ValueTask DisposeAsync()
        {
            await NearWorker.DisposeAsync();
            await FarWorker.DisposeAsync();
        }
    }
}
