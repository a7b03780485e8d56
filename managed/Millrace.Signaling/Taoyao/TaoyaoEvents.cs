using System.Diagnostics;
using System.Text.Json;
using Millrace.Rooms;
using Millrace.Signaling.Taoyao.Messages;

namespace Millrace.Signaling.Taoyao;

/// <summary>Turns what happens in rooms into the protocol's messages for one client.</summary>
internal sealed class TaoyaoEvents(TaoyaoSession session, TaoyaoDirectory directory, PendingConsumers pending)
{
    private static readonly JsonElement NoAppData = JsonDocument.Parse("{}").RootElement;

    public void Deliver(RoomEvent roomEvent)
    {
        switch (roomEvent)
        {
            case RoomEvent.PeerEntered e:
                Entered(e);
                break;
            case RoomEvent.PeerLeft e:
                session.Push("room::leave", new RoomClientRef(e.Peer.Room.Id, e.Peer.ClientId), TaoyaoJson.Default.RoomClientRef);
                break;
            case RoomEvent.RoomClosed e:
                session.Forget(e.Room);
                session.Push("room::close", new RoomRef(e.Room.Id), TaoyaoJson.Default.RoomRef);
                break;
            case RoomEvent.RoomRebuilt e:
                session.Push("room::create", new RoomRebuilt(e.Room.Id), TaoyaoJson.Default.RoomRebuilt);
                break;
            case RoomEvent.TransportClosed e:
                session.Push("media::transport::close", new TransportRef(e.Room.Id, e.TransportId), TaoyaoJson.Default.TransportRef);
                break;
            case RoomEvent.ProducerClosed e:
                Producer("media::producer::close", e.Room, e.ProducerId);
                break;
            case RoomEvent.ProducerPaused e:
                Producer("media::producer::pause", e.Room, e.ProducerId);
                break;
            case RoomEvent.ProducerResumed e:
                Producer("media::producer::resume", e.Room, e.ProducerId);
                break;
            case RoomEvent.ConsumerCreated e:
                Consume(e.Room, e.Subscription);
                break;
            case RoomEvent.ConsumerClosed e:
                Consumer("media::consumer::close", e.Room, e.ConsumerId);
                break;
            case RoomEvent.ConsumerPaused e:
                Consumer("media::consumer::pause", e.Room, e.ConsumerId);
                break;
            case RoomEvent.ConsumerResumed e:
                Consumer("media::consumer::resume", e.Room, e.ConsumerId);
                break;
            default:
                Measured(roomEvent);
                break;
        }
    }

    /// <summary>The id of the stream that a producer sends.</summary>
    public static string StreamId(Publication publication) =>
        $"{TaoyaoMediaSignals.KindOf(publication.Producer.Kind)}::{publication.Owner.ClientId}";

    private void Measured(RoomEvent roomEvent)
    {
        switch (roomEvent)
        {
            case RoomEvent.VolumesMeasured e:
                session.Push(
                    "media::audio::volume",
                    new Volumes(e.Room.Id, e.Volumes.Count == 0 ? null : [.. e.Volumes.Select(v => new ClientVolume(v.Volume, v.ClientId))]),
                    TaoyaoJson.Default.Volumes);
                break;
            case RoomEvent.ProducerScored e:
                session.Push("media::producer::score", new ProducerScored(e.Room.Id, e.ProducerId, e.Scores), TaoyaoJson.Default.ProducerScored);
                break;
            case RoomEvent.ConsumerScored e:
                session.Push("media::consumer::score", new ConsumerScored(e.Room.Id, e.ConsumerId, e.Score), TaoyaoJson.Default.ConsumerScored);
                break;
            case RoomEvent.LayersChanged e:
                session.Push(
                    "media::consumer::layers::change",
                    new LayersChanged(e.Room.Id, e.ConsumerId, e.Layers?.SpatialLayer, e.Layers?.TemporalLayer),
                    TaoyaoJson.Default.LayersChanged);
                break;
            case RoomEvent.VideoOrientationChanged e:
                session.Push(
                    "media::video::orientation::change",
                    new OrientationChanged(e.Room.Id, e.ProducerId, e.Orientation.Camera, e.Orientation.Flip, e.Orientation.Rotation),
                    TaoyaoJson.Default.OrientationChanged);
                break;
            default:
                throw new UnreachableException();
        }
    }

    // To everybody the message that the entering client sent; to that client it is the answer.
    private void Entered(RoomEvent.PeerEntered e)
    {
        ClientStatus? status = directory.Find(e.Peer.ClientId)?.Status;
        session.Push(
            "room::enter",
            new ClientEntered(e.Peer.Room.Id, e.Peer.ClientId, status),
            TaoyaoJson.Default.ClientEntered,
            e.Cause as long?);
    }

    private void Consume(Room room, Subscription subscription)
    {
        Publication publication = subscription.Publication;
        string receiver = subscription.Receiver.ClientId;
        long id = session.Service.Ids.NextMessage();
        pending.Add(id, subscription);
        session.Push(
            "media::consume",
            new Consume(
                room.Id,
                publication.Producer.Id,
                receiver,
                publication.Owner.ClientId,
                $"{StreamId(publication)}->{receiver}",
                subscription.Consumer.Id,
                subscription.Consumer.Kind,
                subscription.Consumer.Type,
                publication.AppData as JsonElement? ?? NoAppData,
                subscription.Consumer.RtpParameters,
                subscription.Consumer.IsProducerPaused),
            TaoyaoJson.Default.Consume,
            id);
    }

    private void Producer(string signal, Room room, string producerId) =>
        session.Push(signal, new ProducerChanged(room.Id, producerId), TaoyaoJson.Default.ProducerChanged);

    private void Consumer(string signal, Room room, string consumerId) =>
        session.Push(signal, new ConsumerRef(room.Id, consumerId), TaoyaoJson.Default.ConsumerRef);
}
