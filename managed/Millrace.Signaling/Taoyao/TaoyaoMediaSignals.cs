using System.Text.Json;
using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.Rooms;
using Millrace.Signaling.Taoyao.Messages;

namespace Millrace.Signaling.Taoyao;

/// <summary>
/// The methods behind <c>media::*</c> (the protocol's page, section 6.3). Each is one act of the worker; that it is done is
/// told by the room's events.
/// </summary>
internal static class TaoyaoMediaSignals
{
    // What viewers are told about a stream; it is kept for as long as the stream lives.
    private const int LongestAppData = 4096;

    /// <summary>What the room's router can carry. Asked before entering.</summary>
    public static Task<RouterCapabilities> RouterCapabilities(Room room, RoomRef request) =>
        Task.FromResult(new RouterCapabilities(room.Id, room.RtpCapabilities));

    /// <summary>Makes a transport; one that receives gets the room's media right after the answer.</summary>
    public static async Task<WebRtcTransportCreated> CreateTransport(Peer peer, CreateWebRtcTransport request)
    {
        WebRtcTransport transport =
            await peer.CreateTransportAsync(request.Producing, request.Consuming, request.ForceTcp).ConfigureAwait(false);
        return new WebRtcTransportCreated(
            request.RoomId, transport.Id, transport.IceCandidates, transport.IceParameters, transport.DtlsParameters);
    }

    /// <summary>Gives a transport the client's DTLS parameters.</summary>
    public static async Task<TransportRef> ConnectTransport(Peer peer, ConnectWebRtcTransport request)
    {
        await peer.ConnectTransportAsync(request.TransportId, request.DtlsParameters).ConfigureAwait(false);
        return new TransportRef(request.RoomId, request.TransportId);
    }

    /// <summary>Ends a transport.</summary>
    public static Task CloseTransport(Peer peer, TransportRef request) => peer.CloseTransportAsync(request.TransportId);

    /// <summary>Gives a transport new ICE credentials.</summary>
    public static async Task<IceRestarted> RestartIce(Peer peer, TransportRef request) =>
        new(request.RoomId, request.TransportId, await peer.RestartIceAsync(request.TransportId).ConfigureAwait(false));

    /// <summary>Takes a stream; the others get it right after the answer.</summary>
    public static async Task<Produced> Produce(Peer peer, Produce request)
    {
        MediaKind kind = request.Kind switch
        {
            "audio" => MediaKind.Audio,
            "video" => MediaKind.Video,
            _ => throw new TaoyaoException(TaoyaoCode.Unknown, $"未知媒体类型：{request.Kind}"),
        };
        Publication publication = await peer.ProduceAsync(
            request.TransportId, kind, request.RtpParameters, AppDataOf(request.AppData)).ConfigureAwait(false);
        return new Produced(request.RoomId, request.Kind, TaoyaoEvents.StreamId(publication), publication.Producer.Id);
    }

    /// <summary>Ends a producer.</summary>
    public static Task CloseProducer(Peer peer, ProducerRef request) => peer.CloseProducerAsync(request.Target());

    /// <summary>Stops a producer.</summary>
    public static Task PauseProducer(Peer peer, ProducerRef request) => peer.PauseProducerAsync(request.Target());

    /// <summary>Lets a producer flow again.</summary>
    public static Task ResumeProducer(Peer peer, ProducerRef request) => peer.ResumeProducerAsync(request.Target());

    /// <summary>Receives a producer on the client's own wish; asking for one already received says that one is ready for it.</summary>
    public static async Task Consume(Peer peer, Consume request)
    {
        Subscription? existing = peer.Subscriptions.FirstOrDefault(s => s.Publication.Producer.Id == request.ProducerId);
        if (existing is null)
        {
            await peer.ConsumeAsync(request.ProducerId).ConfigureAwait(false);
            return;
        }
        await peer.ConfirmConsumerAsync(existing.Consumer.Id).ConfigureAwait(false);
    }

    /// <summary>Ends a consumer.</summary>
    public static Task CloseConsumer(Peer peer, ConsumerRef request) => peer.CloseConsumerAsync(request.ConsumerId);

    /// <summary>Stops a consumer.</summary>
    public static Task PauseConsumer(Peer peer, ConsumerRef request) => peer.PauseConsumerAsync(request.ConsumerId);

    /// <summary>Lets a consumer flow again.</summary>
    public static Task ResumeConsumer(Peer peer, ConsumerRef request) => peer.ResumeConsumerAsync(request.ConsumerId);

    /// <summary>Asks a consumer's source for a key frame.</summary>
    public static Task RequestKeyFrame(Peer peer, ConsumerRef request) => peer.RequestKeyFrameAsync(request.ConsumerId);

    /// <summary>The protocol's word for a kind of media.</summary>
    public static string KindOf(MediaKind kind) => kind == MediaKind.Audio ? "audio" : "video";

    private static JsonElement? AppDataOf(JsonElement? appData)
    {
        if (appData is not { ValueKind: JsonValueKind.Object } given)
        {
            return null;
        }
        return given.GetRawText().Length <= LongestAppData
            ? given.Clone()
            : throw new TaoyaoException(TaoyaoCode.Malformed, "appData太长");
    }
}
