using System.Collections.Immutable;
using Millrace.Controller.Rtp;
using Millrace.Controller.Sctp;

namespace Millrace.Controller.Pipes;

/// <summary>
/// A pair of pipe transports that joins two routers, and everything piped over it, either way. It ends when either
/// transport does.
/// </summary>
internal sealed class RouterLink
{
    private readonly PipeTransport _first;
    private readonly PipeTransport _second;
    private readonly Action _closed;
    private int _hasClosed;

    // By source; each is made once, whoever else asks meanwhile.
    private ImmutableDictionary<object, Lazy<Task<RouterPipe>>> _pipes =
        ImmutableDictionary<object, Lazy<Task<RouterPipe>>>.Empty;

    private RouterLink(PipeTransport first, PipeTransport second, Action closed)
    {
        _first = first;
        _second = second;
        _closed = closed;
        first.Closed += _ => Close();
        second.Closed += _ => Close();
        if (first.IsClosed || second.IsClosed)
        {
            Close();
        }
    }

    /// <summary>Makes both transports and joins them; <paramref name="closed"/> is called once, when they have closed.</summary>
    public static async Task<RouterLink> OpenAsync(
        Router first, Router second, PipeToRouterOptions options, Action closed)
    {
        PipeTransportOptions transportOptions = new()
        {
            ListenInfo = options.ListenInfo,
            EnableRtx = options.EnableRtx,
            EnableSrtp = options.EnableSrtp,
            EnableSctp = options.EnableSctp,
        };
        // Odd and even, so that neither end resets a stream of the other's choice.
        PipeTransport near = await first.CreatePipeTransportAsync(
            transportOptions, new SctpStreamIds(first: 0, step: 2), CancellationToken.None).ConfigureAwait(false);
        PipeTransport? far = null;
        try
        {
            far = await second.CreatePipeTransportAsync(
                transportOptions, new SctpStreamIds(first: 1, step: 2), CancellationToken.None).ConfigureAwait(false);
            await Task.WhenAll(near.ConnectAsync(AddressOf(far)), far.ConnectAsync(AddressOf(near))).ConfigureAwait(false);
            return new RouterLink(near, far, closed);
        }
        catch
        {
            near.Abandon();
            far?.Abandon();
            throw;
        }
    }

    public Task<RouterPipe> PipeAsync(Router from, PipeToRouterOptions options)
    {
        (PipeTransport near, PipeTransport far) = from == _first.Router ? (_first, _second) : (_second, _first);
        object source = (object?)options.Producer ?? options.DataProducer!;
        return ImmutableInterlocked.GetOrAdd(
            ref _pipes,
            source,
            _ => new Lazy<Task<RouterPipe>>(() => MakeAsync(source, near, far, options.KeepId))).Value;
    }

    private static PipeTransportConnectOptions AddressOf(PipeTransport transport) => new()
    {
        Ip = transport.Tuple.LocalAddress,
        Port = transport.Tuple.LocalPort,
        SrtpParameters = transport.SrtpParameters,
    };

    private static string IdOf(string sourceId, PipeTransport far, bool keepId)
    {
        if (!keepId)
        {
            return far.Router.Options.NewId();
        }
        return far.Router.IsIdTaken(sourceId)
            ? throw new ArgumentException($"The other router's worker has something with the id {sourceId} already.")
            : sourceId;
    }

    private async Task<RouterPipe> MakeAsync(object source, PipeTransport near, PipeTransport far, bool keepId)
    {
        try
        {
            return source is Producer producer
                ? await MakeAsync(producer, near, far, keepId).ConfigureAwait(false)
                : await MakeAsync((DataProducer)source, near, far, keepId).ConfigureAwait(false);
        }
        catch
        {
            Remove(source);
            throw;
        }
    }

    private async Task<RouterPipe> MakeAsync(Producer source, PipeTransport near, PipeTransport far, bool keepId)
    {
        string id = IdOf(source.Id, far, keepId);
        Consumer consumer = await near.ConsumeAsync(new ConsumerOptions { Producer = source }).ConfigureAwait(false);
        Producer? producer = null;
        PauseFollower follower = new(() => consumer.IsProducerPaused, paused => Volatile.Read(ref producer)?.Follow(paused));
        consumer.ProducerPaused += follower.Update;
        consumer.ProducerResumed += follower.Update;
        try
        {
            ProducerOptions options = new()
            {
                Kind = source.Kind,
                RtpParameters = consumer.RtpParameters,
                Paused = consumer.IsProducerPaused,
                AppData = source.AppData,
            };
            Volatile.Write(ref producer, await far.ProduceAsync(id, options, CancellationToken.None).ConfigureAwait(false));
        }
        catch
        {
            consumer.Abandon();
            throw;
        }
        follower.Update();
        consumer.Closed += _ => producer.Abandon();
        producer.Closed += _ =>
        {
            Remove(source);
            consumer.Abandon();
        };
        if (consumer.IsClosed || producer.IsClosed)
        {
            // Before anybody listened.
            Remove(source);
            producer.Abandon();
            consumer.Abandon();
        }
        return new RouterPipe { Consumer = consumer, Producer = producer };
    }

    private async Task<RouterPipe> MakeAsync(DataProducer source, PipeTransport near, PipeTransport far, bool keepId)
    {
        string id = IdOf(source.Id, far, keepId);
        DataConsumer consumer = await near.ConsumeDataAsync(
            new DataConsumerOptions { DataProducer = source }).ConfigureAwait(false);
        DataProducer? producer = null;
        PauseFollower follower = new(
            () => consumer.IsDataProducerPaused, paused => Volatile.Read(ref producer)?.Follow(paused));
        consumer.DataProducerPaused += follower.Update;
        consumer.DataProducerResumed += follower.Update;
        try
        {
            DataProducerOptions options = new()
            {
                SctpStreamParameters = consumer.SctpStreamParameters,
                Label = source.Label,
                Protocol = source.Protocol,
                Paused = consumer.IsDataProducerPaused,
                AppData = source.AppData,
            };
            Volatile.Write(
                ref producer, await far.ProduceDataAsync(id, options, CancellationToken.None).ConfigureAwait(false));
        }
        catch
        {
            consumer.Abandon();
            throw;
        }
        follower.Update();
        consumer.Closed += _ => producer.Abandon();
        producer.Closed += _ =>
        {
            Remove(source);
            consumer.Abandon();
        };
        if (consumer.IsClosed || producer.IsClosed)
        {
            // Before anybody listened.
            Remove(source);
            producer.Abandon();
            consumer.Abandon();
        }
        return new RouterPipe { DataConsumer = consumer, DataProducer = producer };
    }

    private void Remove(object source) => ImmutableInterlocked.TryRemove(ref _pipes, source, out _);

    private void Close()
    {
        if (Interlocked.Exchange(ref _hasClosed, 1) == 0)
        {
            _closed();
            _first.Abandon();
            _second.Abandon();
        }
    }
}
