using Millrace.Controller.Channel;
using Millrace.Controller.Sctp;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>Messages that a router sends to a peer over a data channel, or to the host over a direct transport.</summary>
public sealed class DataConsumer : IAsyncDisposable
{
    private readonly Entity _entity;
    private readonly bool _closeWhenFull;

    internal DataConsumer(
        Transport transport, Entity transportEntity, DataConsumerOptions options, DataConsumerDump dump)
    {
        Transport = transport;
        Id = dump.Id;
        DataProducer = options.DataProducer;
        Type = dump.Type;
        SctpStreamParameters = dump.SctpStreamParameters;
        Label = dump.Label;
        Protocol = dump.Protocol;
        Subchannels = dump.Subchannels;
        IsPaused = dump.Paused;
        IsDataProducerPaused = dump.DataProducerPaused;
        AppData = options.AppData;
        _closeWhenFull = options.CloseWhenFull;
        _entity = transportEntity.Adopt(new Entity(EntityKind.DataConsumer, Id, transportEntity.Channel, transportEntity)
        {
            Received = Receive,
            Closed = OnClosed,
        });
        _entity.Channel.Guard(() => options.Created?.Invoke(this));
    }

    /// <summary>It has closed.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>The data producer has closed, and this with it; raised just before <see cref="Closed"/>.</summary>
    public event Action? DataProducerClosed;

    /// <summary>The data producer has been paused.</summary>
    public event Action? DataProducerPaused;

    /// <summary>The data producer has been resumed.</summary>
    public event Action? DataProducerResumed;

    /// <summary>A message has come; only on a direct transport.</summary>
    public event Action<DataMessage>? MessageReceived;

    /// <summary>So few bytes wait to be sent that more may come; see <see cref="SetBufferedAmountLowThresholdAsync"/>.</summary>
    public event Action<long>? BufferedAmountLow;

    /// <summary>A message was lost because too much waits to be sent already.</summary>
    public event Action? SendBufferFull;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The transport it belongs to.</summary>
    public Transport Transport { get; }

    /// <summary>The data producer it consumes.</summary>
    public DataProducer DataProducer { get; }

    /// <summary>The way its messages take.</summary>
    public DataType Type { get; }

    /// <summary>Its stream, to be told to the peer; null on a direct transport.</summary>
    public SctpStreamParameters? SctpStreamParameters { get; }

    /// <summary>The data producer's label.</summary>
    public string Label { get; }

    /// <summary>The data producer's subprotocol.</summary>
    public string Protocol { get; }

    /// <summary>The subchannels it has subscribed to.</summary>
    public IReadOnlyList<int> Subchannels { get; private set; }

    /// <summary>Whether it is paused itself.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether its data producer is paused.</summary>
    public bool IsDataProducerPaused { get; private set; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => _entity.IsClosed;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; set; }

    /// <summary>Stops sending; messages that come meanwhile are not kept.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(DataRequests.PauseConsumer(Id), _ => IsPaused = true, cancellationToken);

    /// <summary>Sends again.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(DataRequests.ResumeConsumer(Id), _ => IsPaused = false, cancellationToken);

    /// <summary>Sends the peer a message of the host's own; the answer is how many bytes now wait to be sent.</summary>
    /// <exception cref="InvalidOperationException">It belongs to a direct transport, where there is no peer.</exception>
    public Task<long> SendAsync(DataMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Type == DataType.Sctp
            ? _entity.RequestAsync(DataRequests.Send(Id, message), cancellationToken)
            : throw new InvalidOperationException("A direct transport has no peer to send to.");
    }

    /// <summary>Asks the worker how many bytes wait to be sent.</summary>
    public Task<long> GetBufferedAmountAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(DataRequests.GetBufferedAmount(Id), cancellationToken);

    /// <summary>Sets to how many bytes the buffer must sink before <see cref="BufferedAmountLow"/> is raised.</summary>
    public Task SetBufferedAmountLowThresholdAsync(long threshold, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, uint.MaxValue);
        return _entity.RequestAsync(DataRequests.SetBufferedAmountLowThreshold(Id, threshold), cancellationToken);
    }

    /// <summary>Subscribes to these subchannels and no others.</summary>
    public Task SetSubchannelsAsync(IReadOnlyList<int> subchannels, CancellationToken cancellationToken = default)
    {
        SctpValidation.CheckSubchannels(subchannels);
        return _entity.RequestAsync(
            DataRequests.SetSubchannels(Id, subchannels), answer => Subchannels = answer, cancellationToken);
    }

    /// <summary>Subscribes to one more subchannel.</summary>
    public Task AddSubchannelAsync(int subchannel, CancellationToken cancellationToken = default)
    {
        SctpValidation.CheckSubchannel(subchannel);
        return _entity.RequestAsync(
            DataRequests.AddSubchannel(Id, subchannel), answer => Subchannels = answer, cancellationToken);
    }

    /// <summary>Subscribes to one subchannel less.</summary>
    public Task RemoveSubchannelAsync(int subchannel, CancellationToken cancellationToken = default)
    {
        SctpValidation.CheckSubchannel(subchannel);
        return _entity.RequestAsync(
            DataRequests.RemoveSubchannel(Id, subchannel), answer => Subchannels = answer, cancellationToken);
    }

    /// <summary>Asks the worker what was counted.</summary>
    public Task<DataConsumerStats> GetStatsAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(DataRequests.GetConsumerStats(Id), cancellationToken);

    /// <summary>Asks the worker what it holds.</summary>
    public Task<DataConsumerDump> DumpAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(DataRequests.DumpConsumer(Id), cancellationToken);

    /// <summary>Closes it; does nothing the second time.</summary>
    public Task CloseAsync(CancellationToken cancellationToken = default) =>
        _entity.CloseAsync(DataRequests.CloseConsumer(Transport.Id, Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync() => _entity.DisposeAsync(DataRequests.CloseConsumer(Transport.Id, Id));

    /// <summary>Closes with the other end of a pipe.</summary>
    internal void Abandon() => _entity.Abandon(DataRequests.CloseConsumer(Transport.Id, Id), CloseReason.PipeClosed);

    private void OnClosed(CloseReason reason)
    {
        if (reason == CloseReason.ProducerClosed)
        {
            DataProducerClosed?.Invoke();
        }
        Closed?.Invoke(reason);
    }

    private void Receive(WorkerEvent notification)
    {
        switch (notification)
        {
            case WorkerEvent.MessageReceived received:
                MessageReceived?.Invoke(received.Message);
                break;
            case WorkerEvent.BufferedAmountLow low:
                BufferedAmountLow?.Invoke(low.BufferedAmount);
                break;
            case WorkerEvent.SendBufferFull:
                SendBufferFull?.Invoke();
                if (_closeWhenFull)
                {
                    _entity.Abandon(DataRequests.CloseConsumer(Transport.Id, Id), CloseReason.SendBufferFull);
                }
                break;
            case WorkerEvent.DataProducerPaused:
                IsDataProducerPaused = true;
                DataProducerPaused?.Invoke();
                break;
            case WorkerEvent.DataProducerResumed:
                IsDataProducerPaused = false;
                DataProducerResumed?.Invoke();
                break;
            case WorkerEvent.DataProducerClosed:
                _entity.Channel.Entities.Close(_entity, CloseReason.ProducerClosed);
                break;
        }
    }
}
