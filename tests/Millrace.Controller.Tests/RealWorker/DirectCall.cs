namespace Millrace.Controller.Tests.RealWorker;

/// <summary>A router of the built worker with a direct transport, over which the test is both ends of a call.</summary>
internal sealed class DirectCall : IAsyncDisposable
{
    private DirectCall(Worker worker, Router router, DirectTransport transport)
    {
        Worker = worker;
        Router = router;
        Transport = transport;
    }

    public Worker Worker { get; }

    public Router Router { get; }

    public DirectTransport Transport { get; }

    public static async Task<DirectCall> StartAsync(WorkerMode mode)
    {
        Worker worker = await Worker.StartAsync(NativeFolder.OptionsOf(mode));
        Router router = await worker.CreateRouterAsync(Samples.RouterOptions);
        return new DirectCall(worker, router, await router.CreateDirectTransportAsync(new DirectTransportOptions()));
    }

    public Task<Consumer> ConsumeAsync(Producer producer, Action<Consumer>? created = null) =>
        Transport.ConsumeAsync(new ConsumerOptions
        {
            Producer = producer,
            RtpCapabilities = Router.RtpCapabilities,
            Created = created,
        });

    public ValueTask DisposeAsync() => Worker.DisposeAsync();
}
