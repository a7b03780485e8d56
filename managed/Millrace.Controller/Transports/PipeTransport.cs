using Millrace.Controller.Channel;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>
/// One end of a pipe between two routers: its consumers hand on all streams as they are.
/// <see cref="Router.PipeToRouterAsync"/> makes and joins both ends when one controller has both routers.
/// </summary>
public sealed class PipeTransport : Transport
{
    internal PipeTransport(Router router, Entity routerEntity, PipeTransportDump dump, object? appData)
        : base(router, routerEntity, server: null, dump, appData)
    {
        Tuple = dump.Tuple;
        IsRtxEnabled = dump.Rtx;
        SrtpParameters = dump.SrtpParameters;
    }

    /// <summary>Both ends.</summary>
    public TransportTuple Tuple { get; private set; }

    /// <summary>Whether lost packets are sent again.</summary>
    public bool IsRtxEnabled { get; }

    /// <summary>The key with which it encrypts, to be told to the other end; null without SRTP.</summary>
    public SrtpParameters? SrtpParameters { get; }

    private protected override bool IsPipe => true;

    /// <summary>Tells the transport where the other end is, and its SRTP key; allowed once.</summary>
    public Task ConnectAsync(PipeTransportConnectOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Entity.RequestAsync(
            PipeRequests.ConnectPipeTransport(Id, options), tuple => Tuple = tuple, cancellationToken);
    }

    /// <summary>Asks the worker what was counted.</summary>
    public Task<PipeTransportStats> GetStatsAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(PipeRequests.GetPipeTransportStats(Id), cancellationToken);

    /// <summary>Asks the worker what it holds.</summary>
    public Task<PipeTransportDump> DumpAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(PipeRequests.DumpPipeTransport(Id), cancellationToken);

    /// <summary>Closes with the other end.</summary>
    internal void Abandon() => Entity.Abandon(WorkerRequests.CloseTransport(Router.Id, Id), CloseReason.PipeClosed);

    private protected override bool RepairsPipes => IsRtxEnabled;

    private protected override void ReceiveOwn(WorkerEvent notification)
    {
    }
}
