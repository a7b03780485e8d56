using Millrace.Controller.Channel;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>A transport for a WebRTC endpoint: ICE-lite, DTLS and SRTP.</summary>
public sealed class WebRtcTransport : Transport
{
    internal WebRtcTransport(Router router, Entity routerEntity, Entity? server, WebRtcTransportDump dump, object? appData)
        : base(router, routerEntity, server, dump, appData)
    {
        IceRole = dump.IceRole;
        IceParameters = dump.IceParameters;
        IceCandidates = dump.IceCandidates;
        IceState = dump.IceState;
        IceSelectedTuple = dump.IceSelectedTuple;
        DtlsParameters = dump.DtlsParameters;
        DtlsState = dump.DtlsState;
    }

    /// <summary>ICE has come further, or back.</summary>
    public event Action<IceState>? IceStateChanged;

    /// <summary>Another path is used.</summary>
    public event Action<TransportTuple>? IceSelectedTupleChanged;

    /// <summary>DTLS has come further, or has ended.</summary>
    public event Action<DtlsState>? DtlsStateChanged;

    /// <summary>Its ICE role; workers are controlled.</summary>
    public IceRole IceRole { get; }

    /// <summary>Its credentials, to be told to the peer.</summary>
    public IceParameters IceParameters { get; private set; }

    /// <summary>Its addresses, to be told to the peer.</summary>
    public IReadOnlyList<IceCandidate> IceCandidates { get; }

    /// <summary>How far ICE has come.</summary>
    public IceState IceState { get; private set; }

    /// <summary>The path in use.</summary>
    public TransportTuple? IceSelectedTuple { get; private set; }

    /// <summary>Its certificate and role, to be told to the peer.</summary>
    public DtlsParameters DtlsParameters { get; private set; }

    /// <summary>How far DTLS has come.</summary>
    public DtlsState DtlsState { get; private set; }

    /// <summary>The peer's certificate in PEM, once DTLS is connected.</summary>
    public string? DtlsRemoteCertificate { get; private set; }

    /// <summary>Tells the transport the peer's certificate and role; allowed once.</summary>
    /// <exception cref="ArgumentException">The parameters make no sense.</exception>
    public Task ConnectAsync(DtlsParameters dtlsParameters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dtlsParameters);
        DtlsValidation.Check(dtlsParameters);
        return Entity.RequestAsync(
            WorkerRequests.ConnectWebRtcTransport(Id, dtlsParameters),
            role =>
            {
                DtlsParameters = DtlsParameters with { Role = role };
                return default(Nothing);
            },
            cancellationToken);
    }

    /// <summary>Makes new credentials; the old ones hold until the peer uses the new.</summary>
    public Task<IceParameters> RestartIceAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(
            WorkerRequests.RestartIce(Id), parameters => IceParameters = parameters, cancellationToken);

    /// <summary>Asks the worker what was counted.</summary>
    public Task<WebRtcTransportStats> GetStatsAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(WorkerRequests.GetWebRtcTransportStats(Id), cancellationToken);

    /// <summary>Asks the worker what it holds.</summary>
    public Task<WebRtcTransportDump> DumpAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(WorkerRequests.DumpWebRtcTransport(Id), cancellationToken);

    private protected override void ReceiveOwn(WorkerEvent notification)
    {
        switch (notification)
        {
            case WorkerEvent.IceStateChanged changed:
                IceState = changed.State;
                IceStateChanged?.Invoke(changed.State);
                break;
            case WorkerEvent.IceSelectedTupleChanged changed:
                IceSelectedTuple = changed.Tuple;
                IceSelectedTupleChanged?.Invoke(changed.Tuple);
                break;
            case WorkerEvent.DtlsStateChanged changed:
                DtlsState = changed.State;
                DtlsRemoteCertificate = changed.RemoteCertificate ?? DtlsRemoteCertificate;
                DtlsStateChanged?.Invoke(changed.State);
                break;
        }
    }
}
