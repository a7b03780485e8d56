using System.Globalization;
using Millrace.Controller.Channel;
using Millrace.Controller.Rtp;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>
/// The way between a router and one peer, over which producers receive and consumers send: a
/// <see cref="WebRtcTransport"/> or a <see cref="PlainTransport"/>.
/// </summary>
public abstract class Transport : IAsyncDisposable
{
    private string? _cname;
    private int _lastMid = -1;

    private protected Transport(Router router, Entity routerEntity, Entity? server, string id)
    {
        Router = router;
        Id = id;
        Entity = routerEntity.Adopt(new Entity(EntityKind.Transport, id, routerEntity.Channel, routerEntity, server)
        {
            Received = Receive,
            Closed = reason => Closed?.Invoke(reason),
        });
    }

    /// <summary>It has closed, and with it its producers and consumers.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>Something happened that <see cref="EnableTraceEventAsync"/> asked for.</summary>
    public event Action<TraceEvent>? Trace;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The router it belongs to.</summary>
    public Router Router { get; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => Entity.IsClosed;

    private protected Entity Entity { get; }

    /// <summary>Takes in what the peer sends.</summary>
    /// <exception cref="RtpException">The parameters make no sense, or the router does not support them.</exception>
    public Task<Producer> ProduceAsync(ProducerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        RtpParameters parameters = RtpValidation.Check(options.Kind, options.RtpParameters);
        // RFC 8834 4.9: one CNAME for everything a peer sends, so that its sound and picture stay together.
        string cname = parameters.Rtcp.Cname
            ?? Interlocked.CompareExchange(ref _cname, Router.Options.NewId(), null)
            ?? _cname;
        parameters = parameters with { Rtcp = parameters.Rtcp with { Cname = cname } };
        RtpMapping mapping = ProducerMapping.Create(parameters, Router.RtpCapabilities, Router.Options.NewSsrc);
        RtpParameters consumable = ConsumableParameters.Create(options.Kind, parameters, Router.RtpCapabilities, mapping);
        string id = Router.Options.NewId();
        return Entity.CreateAsync(
            WorkerRequests.Produce(Id, id, options, parameters, mapping),
            WorkerRequests.CloseProducer(Id, id),
            type => new Producer(this, id, Entity, options, parameters, consumable, type),
            cancellationToken);
    }

    /// <summary>Sends a producer's media to the peer.</summary>
    /// <exception cref="RtpException">The capabilities make no sense, or do not suffice (see <see cref="Router.CanConsume"/>).</exception>
    public Task<Consumer> ConsumeAsync(ConsumerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Producer producer = options.Producer;
        if (producer.Router != Router)
        {
            throw new ArgumentException("The producer belongs to another router.", nameof(options));
        }
        RtpCapabilities capabilities = RtpValidation.Check(options.RtpCapabilities);
        bool enableRtx = options.EnableRtx ?? producer.Kind == MediaKind.Video;
        string mid = options.Mid is null ? NextMid() : RtpValidation.CheckMid(options.Mid);
        RtpParameters parameters = ConsumerParameters.Create(
            producer.ConsumableRtpParameters, capabilities, enableRtx, Router.Options.NewSsrc) with { Mid = mid };
        string id = Router.Options.NewId();
        return Entity.CreateAsync(
            WorkerRequests.Consume(Id, id, options, producer, parameters),
            WorkerRequests.CloseConsumer(Id, id),
            answer => new Consumer(this, id, Entity, options, parameters, answer),
            cancellationToken);
    }

    /// <summary>Limits what the peer sends, in bits per second; 0 takes the limit away.</summary>
    public Task SetMaxIncomingBitrateAsync(long bitrate, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bitrate);
        return Entity.RequestAsync(WorkerRequests.SetMaxIncomingBitrate(Id, bitrate), cancellationToken);
    }

    /// <summary>Limits what is sent to the peer, in bits per second; 0 takes the limit away.</summary>
    public Task SetMaxOutgoingBitrateAsync(long bitrate, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bitrate);
        return Entity.RequestAsync(WorkerRequests.SetMaxOutgoingBitrate(Id, bitrate), cancellationToken);
    }

    /// <summary>Sets what is sent at least, in bits per second, whatever is estimated; 0 takes it away.</summary>
    public Task SetMinOutgoingBitrateAsync(long bitrate, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bitrate);
        return Entity.RequestAsync(WorkerRequests.SetMinOutgoingBitrate(Id, bitrate), cancellationToken);
    }

    /// <summary>Chooses what <see cref="Trace"/> tells (probation, bandwidth estimation); nothing turns it off.</summary>
    public Task EnableTraceEventAsync(
        IReadOnlyList<TraceEventType> types, CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(WorkerRequests.EnableTransportTrace(Id, types), cancellationToken);

    /// <summary>Closes it, its producers and its consumers; does nothing the second time.</summary>
    public Task CloseAsync(CancellationToken cancellationToken = default) =>
        Entity.CloseAsync(WorkerRequests.CloseTransport(Router.Id, Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Entity.DisposeAsync(WorkerRequests.CloseTransport(Router.Id, Id));
    }

    private protected abstract void ReceiveOwn(WorkerEvent notification);

    private void Receive(WorkerEvent notification)
    {
        if (notification is WorkerEvent.Traced traced)
        {
            Trace?.Invoke(traced.Event);
            return;
        }
        ReceiveOwn(notification);
    }

    private string NextMid() => Interlocked.Increment(ref _lastMid).ToString(CultureInfo.InvariantCulture);
}
