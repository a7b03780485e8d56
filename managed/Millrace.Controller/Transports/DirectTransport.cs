using Millrace.Controller.Channel;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>
/// A transport without a network: the host itself is the peer, and RTP, RTCP and messages pass over the worker's
/// channel. Meant for recorders, bots and tests, not for many streams.
/// </summary>
public sealed class DirectTransport : Transport
{
    internal DirectTransport(Router router, Entity routerEntity, DirectTransportDump dump, object? appData)
        : base(router, routerEntity, server: null, dump, appData)
    {
    }

    /// <summary>An RTCP packet for the peer has come.</summary>
    public event Action<ReadOnlyMemory<byte>>? RtcpReceived;

    private protected override DataType DataType => DataType.Direct;

    /// <summary>Hands the worker an RTCP packet of the peer (RFC 3550).</summary>
    /// <exception cref="ObjectClosedException">It has closed.</exception>
    /// <exception cref="WorkerBusyException">Too much waits for the worker already.</exception>
    public void SendRtcp(ReadOnlySpan<byte> packet) => Entity.Notify(WorkerNotifications.SendRtcp(Id, packet));

    /// <summary>Asks the worker what was counted.</summary>
    public Task<DirectTransportStats> GetStatsAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(PipeRequests.GetDirectTransportStats(Id), cancellationToken);

    /// <summary>Asks the worker what it holds.</summary>
    public Task<DirectTransportDump> DumpAsync(CancellationToken cancellationToken = default) =>
        Entity.RequestAsync(PipeRequests.DumpDirectTransport(Id), cancellationToken);

    private protected override void ReceiveOwn(WorkerEvent notification)
    {
        if (notification is WorkerEvent.RtcpReceived received)
        {
            RtcpReceived?.Invoke(received.Packet);
        }
    }
}
