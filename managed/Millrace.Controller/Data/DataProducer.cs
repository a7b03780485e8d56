using Millrace.Controller.Channel;
using Millrace.Controller.Sctp;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>Messages that a peer sends into a router over a data channel, or the host over a direct transport.</summary>
public sealed class DataProducer : IAsyncDisposable
{
    private readonly Entity _entity;

    internal DataProducer(
        Transport transport, Entity transportEntity, DataProducerOptions options, DataProducerDump dump)
    {
        Transport = transport;
        Id = dump.Id;
        Type = dump.Type;
        SctpStreamParameters = dump.SctpStreamParameters;
        Label = dump.Label;
        Protocol = dump.Protocol;
        IsPaused = dump.Paused;
        AppData = options.AppData;
        _entity = transportEntity.Adopt(new Entity(EntityKind.DataProducer, Id, transportEntity.Channel, transportEntity)
        {
            Closed = reason => Closed?.Invoke(reason),
        });
        _entity.Channel.Guard(() => options.Created?.Invoke(this));
    }

    /// <summary>It has closed; its data consumers close on their own.</summary>
    public event Action<CloseReason>? Closed;

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The transport it belongs to.</summary>
    public Transport Transport { get; }

    /// <summary>The way its messages take.</summary>
    public DataType Type { get; }

    /// <summary>Its stream; null on a direct transport.</summary>
    public SctpStreamParameters? SctpStreamParameters { get; }

    /// <summary>A name for the host's and the clients' own use.</summary>
    public string Label { get; }

    /// <summary>The name of a subprotocol, likewise.</summary>
    public string Protocol { get; }

    /// <summary>The router it sends into.</summary>
    public Router Router => Transport.Router;

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether it has closed.</summary>
    public bool IsClosed => _entity.IsClosed;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; set; }

    /// <summary>Sends a message to its data consumers; only on a direct transport.</summary>
    /// <exception cref="InvalidOperationException">It belongs to another kind of transport.</exception>
    /// <exception cref="ObjectClosedException">It has closed.</exception>
    /// <exception cref="WorkerBusyException">Too much waits for the worker already.</exception>
    public void Send(DataMessage message, DataSendOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Type != DataType.Direct)
        {
            throw new InvalidOperationException("Only the data producer of a direct transport sends messages of the host.");
        }
        options ??= new DataSendOptions();
        SctpValidation.CheckSubchannels(options.Subchannels);
        SctpValidation.CheckSubchannel(options.RequiredSubchannel ?? 0);
        SctpValidation.CheckSubchannel(options.IgnoredSubchannel ?? 0);
        _entity.Notify(WorkerNotifications.SendData(Id, message, options));
    }

    /// <summary>Stops passing its messages on.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(DataRequests.PauseProducer(Id), _ => IsPaused = true, cancellationToken);

    /// <summary>Passes its messages on again.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(DataRequests.ResumeProducer(Id), _ => IsPaused = false, cancellationToken);

    /// <summary>Asks the worker what was counted.</summary>
    public Task<DataProducerStats> GetStatsAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(DataRequests.GetProducerStats(Id), cancellationToken);

    /// <summary>Asks the worker what it holds.</summary>
    public Task<DataProducerDump> DumpAsync(CancellationToken cancellationToken = default) =>
        _entity.RequestAsync(DataRequests.DumpProducer(Id), cancellationToken);

    /// <summary>Closes it; its data consumers follow. Does nothing the second time.</summary>
    public Task CloseAsync(CancellationToken cancellationToken = default) =>
        _entity.CloseAsync(DataRequests.CloseProducer(Transport.Id, Id), cancellationToken);

    /// <summary>The same as <see cref="CloseAsync"/>, but never fails.</summary>
    public ValueTask DisposeAsync() => _entity.DisposeAsync(DataRequests.CloseProducer(Transport.Id, Id));

    /// <summary>Pauses or resumes with the other end of a pipe.</summary>
    internal void Follow(bool paused)
    {
        if (IsPaused != paused && !IsClosed)
        {
            IsPaused = paused;
            _entity.Channel.Forget(paused ? DataRequests.PauseProducer(Id) : DataRequests.ResumeProducer(Id));
        }
    }

    /// <summary>Closes with the other end of a pipe.</summary>
    internal void Abandon() => _entity.Abandon(DataRequests.CloseProducer(Transport.Id, Id), CloseReason.PipeClosed);
}
