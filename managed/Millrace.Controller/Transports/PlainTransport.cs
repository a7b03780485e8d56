using Millrace.Controller.Channel;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>A transport for plain RTP or SRTP.</summary>
public sealed class PlainTransport : Transport
{
    internal PlainTransport(Router router, Entity routerEntity, PlainTransportDump dump, object? appData)
        : base(router, routerEntity, server: null, dump, appData)
    {
        Tuple = dump.Tuple;
        RtcpTuple = dump.RtcpTuple;
        SrtpParameters = dump.SrtpParameters;
    }

    /// <summary>With comedia: the peer's address for RTP is known.</summary>
    public event Action<TransportTuple>? TupleChanged;

    /// <summary>With comedia and without RTCP multiplexing: the peer's address for RTCP is known.</summary>
    public event Action<TransportTuple>? RtcpTupleChanged;

    /// <summary>Both ends, for RTP.</summary>
    public TransportTuple Tuple { get; private set; }

    /// <summary>Both ends, for RTCP; null when it shares the port of RTP.</summary>
    public TransportTuple? RtcpTuple { get; private set; }

    /// <summary>The key with which it encrypts, to be told to the peer; null without SRTP.</summary>
    public SrtpParameters? SrtpParameters { get; private set; }

    /// <summary>Tells the transport where the peer is, and the peer's SRTP key.</summary>
    public Task ConnectAsync(PlainTransportConnectOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Entity.RequestAsync(
            WorkerRequests.ConnectPlainTransport(Id, options),
            answer =>
            {
                Tuple = answer.Tuple ?? Tuple;
                RtcpTuple = answer.RtcpTuple ?? RtcpTuple;
                SrtpParameters = answer.SrtpParameters ?? SrtpParameters;
                return default(Nothing);
            },
            cancellationToken);
    }

    /// <summary>Asks the worker what was counted.</summary>
    public Task<PlainTransportStats> GetStatsAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(WorkerRequests.GetPlainTransportStats(Id), cancellationToken);

    /// <summary>Asks the worker what it holds.</summary>
    public Task<PlainTransportDump> DumpAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(WorkerRequests.DumpPlainTransport(Id), cancellationToken);

    private protected override void ReceiveOwn(WorkerEvent notification)
    {
        switch (notification)
        {
            case WorkerEvent.TupleLearned learned:
                Tuple = learned.Tuple;
                TupleChanged?.Invoke(learned.Tuple);
                break;
            case WorkerEvent.RtcpTupleLearned learned:
                RtcpTuple = learned.Tuple;
                RtcpTupleChanged?.Invoke(learned.Tuple);
                break;
        }
    }
}
