using System.Globalization;
using Millrace.Controller.Channel;
using Millrace.Controller.Rtp;
using Millrace.Controller.Sctp;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>
/// The way between a router and one peer, over which producers receive and consumers send: a
/// <see cref="WebRtcTransport"/>, <see cref="PlainTransport"/>, <see cref="PipeTransport"/> or
/// <see cref="DirectTransport"/>.
/// </summary>
public abstract class Transport : IAsyncDisposable
{
    private string? _cname;
    private int _lastMid = -1;

    private protected Transport(
        Router router, Entity routerEntity, Entity? server, TransportDump dump, object? appData)
    {
        Router = router;
        Id = dump.Id;
        AppData = appData;
        SctpParameters = dump.SctpParameters;
        SctpState = dump.SctpState;
        SctpCapabilities = dump.SctpCapabilities;
        Entity = routerEntity.Adopt(new Entity(EntityKind.Transport, Id, routerEntity.Channel, routerEntity, server)
        {
            Received = Receive,
            Closed = reason => Closed?.Invoke(reason),
        });
    }

    /// <summary>It has closed, and with it its producers and consumers.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>Something happened that <see cref="EnableTraceEventAsync"/> asked for.</summary>
    public event Action<TraceEvent>? Trace;

    /// <summary>A producer has been made; raised before the call that made it returns, and before its own events.</summary>
    public event Action<Producer>? ProducerCreated;

    /// <summary>A consumer has been made; likewise.</summary>
    public event Action<Consumer>? ConsumerCreated;

    /// <summary>A data producer has been made; likewise.</summary>
    public event Action<DataProducer>? DataProducerCreated;

    /// <summary>A data consumer has been made; likewise.</summary>
    public event Action<DataConsumer>? DataConsumerCreated;

    /// <summary>SCTP has come further, or has ended.</summary>
    public event Action<SctpState>? SctpStateChanged;

    /// <summary>Both ends have agreed on the number of SCTP streams.</summary>
    public event Action<SctpCapabilities>? SctpNegotiated;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The router it belongs to.</summary>
    public Router Router { get; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => Entity.IsClosed;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; set; }

    /// <summary>Its end of the SCTP association, to be told to the peer; null without SCTP.</summary>
    public SctpParameters? SctpParameters { get; }

    /// <summary>How far SCTP has come; null without SCTP.</summary>
    public SctpState? SctpState { get; private set; }

    /// <summary>What both ends of the SCTP association have agreed on, once they have.</summary>
    public SctpCapabilities? SctpCapabilities { get; private set; }

    internal Entity Entity { get; }

    /// <summary>The streams of its data consumers; a pipe gives its two ends different ones.</summary>
    internal SctpStreamIds StreamIds { get; init; } = new(first: 0, step: 1);

    private protected virtual DataType DataType => DataType.Sctp;

    private protected virtual bool IsPipe => false;

    /// <summary>Takes in what the peer sends.</summary>
    /// <exception cref="RtpException">The parameters make no sense, or the router does not support them.</exception>
    public Task<Producer> ProduceAsync(ProducerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ProduceAsync(Router.Options.NewId(), options, cancellationToken);
    }

    internal Task<Producer> ProduceAsync(string id, ProducerOptions options, CancellationToken cancellationToken)
    {
        RtpParameters parameters = RtpValidation.Check(options.Kind, options.RtpParameters);
        // RFC 8834 4.9: one CNAME for everything a peer sends, so that its sound and picture stay together.
        string cname = parameters.Rtcp.Cname
            ?? Interlocked.CompareExchange(ref _cname, Router.Options.NewId(), null)
            ?? _cname;
        parameters = parameters with { Rtcp = parameters.Rtcp with { Cname = cname } };
        RtpMapping mapping = ProducerMapping.Create(parameters, Router.RtpCapabilities, Router.Options.NewSsrc);
        RtpParameters consumable = ConsumableParameters.Create(options.Kind, parameters, Router.RtpCapabilities, mapping);
        return Entity.CreateAsync(
            WorkerRequests.Produce(Id, id, options, parameters, mapping),
            WorkerRequests.CloseProducer(Id, id),
            type => Announce(new Producer(this, id, Entity, options, parameters, consumable, type), ProducerCreated),
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
        bool allStreams = IsPipe || options.Pipe;
        RtpType type = allStreams ? RtpType.Pipe : producer.Type;
        RtpParameters parameters = IsPipe ? PipeParametersOf(producer) : ConsumerParametersOf(options, allStreams);
        string id = Router.Options.NewId();
        return Entity.CreateAsync(
            WorkerRequests.Consume(Id, id, options, type, parameters),
            WorkerRequests.CloseConsumer(Id, id),
            answer => Announce(new Consumer(this, id, Entity, options, type, parameters, answer), ConsumerCreated),
            cancellationToken);
    }

    /// <summary>Takes in the messages of a peer's data channel; on a direct transport, those of the host.</summary>
    /// <exception cref="ArgumentException">The stream makes no sense, or does not suit the transport.</exception>
    public Task<DataProducer> ProduceDataAsync(
        DataProducerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ProduceDataAsync(Router.Options.NewId(), options, cancellationToken);
    }

    internal Task<DataProducer> ProduceDataAsync(
        string id, DataProducerOptions options, CancellationToken cancellationToken)
    {
        SctpValidation.CheckNames(options.Label, options.Protocol);
        if ((options.SctpStreamParameters is null) != (DataType == DataType.Direct))
        {
            throw new ArgumentException("A stream is needed with SCTP, and only there.", nameof(options));
        }
        SctpStreamParameters? stream =
            options.SctpStreamParameters is { } given ? SctpValidation.Check(given) : null;

        void Watch(DataProducer producer)
        {
            if (stream is not null)
            {
                StreamIds.AddReceived(stream.StreamId);
                producer.Closed += _ => StreamIds.RemoveReceived(stream.StreamId);
            }
            options.Created?.Invoke(producer);
        }

        return Entity.CreateAsync(
            DataRequests.Produce(Id, id, DataType, stream, options),
            DataRequests.CloseProducer(Id, id),
            dump => Announce(new DataProducer(this, Entity, options with { Created = Watch }, dump), DataProducerCreated),
            cancellationToken);
    }

    /// <summary>Sends a data producer's messages to the peer; on a direct transport, to the host.</summary>
    /// <exception cref="ArgumentException">The options make no sense, or the data producer belongs to another router.</exception>
    /// <exception cref="InvalidOperationException">All SCTP streams are in use.</exception>
    public async Task<DataConsumer> ConsumeDataAsync(
        DataConsumerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.DataProducer.Router != Router)
        {
            throw new ArgumentException("The data producer belongs to another router.", nameof(options));
        }
        SctpValidation.CheckSubchannels(options.Subchannels);
        SctpStreamParameters? stream = DataType == DataType.Sctp ? TakeStream(options) : null;
        string id = Router.Options.NewId();
        try
        {
            return await Entity.CreateAsync(
                DataRequests.Consume(Id, id, DataType, stream, options),
                DataRequests.CloseConsumer(Id, id),
                dump => Announce(new DataConsumer(this, Entity, options with { Created = Watch }, dump), DataConsumerCreated),
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (stream is not null)
            {
                StreamIds.Free(stream.StreamId);
            }
            throw;
        }

        void Watch(DataConsumer consumer)
        {
            if (stream is not null)
            {
                consumer.Closed += _ => StreamIds.Free(stream.StreamId);
            }
            options.Created?.Invoke(consumer);
        }
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

    /// <summary>Whether consumers of a pipe transport send lost packets again.</summary>
    private protected virtual bool RepairsPipes => false;

    private void Receive(WorkerEvent notification)
    {
        switch (notification)
        {
            case WorkerEvent.Traced traced:
                Trace?.Invoke(traced.Event);
                break;
            case WorkerEvent.SctpStateChanged changed:
                SctpState = changed.State;
                SctpStateChanged?.Invoke(changed.State);
                break;
            case WorkerEvent.SctpNegotiated negotiated:
                SctpCapabilities = negotiated.Capabilities;
                SctpNegotiated?.Invoke(negotiated.Capabilities);
                break;
            default:
                ReceiveOwn(notification);
                break;
        }
    }

    private T Announce<T>(T created, Action<T>? happening)
    {
        Entity.Channel.Guard(() => happening?.Invoke(created));
        return created;
    }

    private RtpParameters PipeParametersOf(Producer producer) => PipeParameters.Create(
        producer.ConsumableRtpParameters, RepairsPipes, Router.Options.NewSsrc);

    private RtpParameters ConsumerParametersOf(ConsumerOptions options, bool allStreams)
    {
        if (options.RtpCapabilities is null)
        {
            throw new ArgumentException("The client's RTP capabilities are missing.", nameof(options));
        }
        RtpCapabilities capabilities = RtpValidation.Check(options.RtpCapabilities);
        Producer producer = options.Producer;
        bool enableRtx = options.EnableRtx ?? producer.Kind == MediaKind.Video;
        string mid = options.Mid is null ? NextMid() : RtpValidation.CheckMid(options.Mid);
        return ConsumerParameters.Create(
            producer.ConsumableRtpParameters, capabilities, enableRtx, Router.Options.NewSsrc, allStreams) with { Mid = mid };
    }

    // As the source's stream, unless told otherwise; a direct source is reliable and in order.
    private SctpStreamParameters TakeStream(DataConsumerOptions options)
    {
        SctpStreamParameters? source = options.DataProducer.SctpStreamParameters;
        bool overrides = options.Ordered is not null || options.MaxPacketLifeTime is not null || options.MaxRetransmits is not null;
        SctpStreamParameters stream = SctpValidation.Check(new SctpStreamParameters
        {
            StreamId = 0,
            Ordered = overrides ? options.Ordered : source?.Ordered,
            MaxPacketLifeTime = overrides ? options.MaxPacketLifeTime : source?.MaxPacketLifeTime,
            MaxRetransmits = overrides ? options.MaxRetransmits : source?.MaxRetransmits,
        });
        int limit = SctpCapabilities?.MaxOutboundStreams ?? SctpStreamParameters.MaxStreamId + 1;
        return stream with { StreamId = StreamIds.Take(limit) };
    }

    private string NextMid() => Interlocked.Increment(ref _lastMid).ToString(CultureInfo.InvariantCulture);
}
