using Millrace.Signaling.Core;
using Json = Millrace.Signaling.Taoyao.TaoyaoJson;
using Media = Millrace.Signaling.Taoyao.TaoyaoMediaSignals;

namespace Millrace.Signaling.Taoyao;

/// <summary>The protocol as a table, in the order of its page. <c>docs/protocols/taoyao.md</c> is printed from it.</summary>
internal static class TaoyaoSignals
{
    private static readonly Json J = Json.Default;

    public static SignalTable<TaoyaoSession> Table { get; } = new()
    {
        { "client::close", J.Empty, Answer.Empty, s => s.Clients.Close, Permission.Registered, "Ends the connection." },
        { "client::config", J.Empty, J.ClientConfig, s => s.Clients.Config, Permission.Registered, "What to capture; also sent after registration." },
        { "client::heartbeat", J.ClientReport, Answer.Empty, s => s.Clients.Heartbeat, Permission.Registered, "A sign of life, with the client's state." },
        { "client::list", J.ListClients, J.ClientStatusList, s => s.Clients.List, Permission.Registered, "All registered clients, or those of a type." },
        { "client::offline", J.ClientRef, "A client is gone; told to the others." },
        { "client::online", J.ClientStatus, "A client registered; told to the others." },
        { "client::register", J.RegisterClient, J.ClientIndex, s => s.Clients.Register, Permission.Anyone, "Logs in; the answer is the client's index." },
        { "client::status", J.GetClientStatus, J.ClientStatus, s => s.Clients.Status, Permission.Registered, "State of a client." },

        { "media::audio::volume", J.Volumes, "Who is heard, told to the room; no volumes means silence." },
        { "media::consume", J.Consume, Answer.Told, _ => Media.Consume, Permission.Member, "Receives a producer. From the server: a consumer, which the client sends back when it is ready." },
        { "media::consumer::close", J.ConsumerRef, Answer.None, _ => Media.CloseConsumer, Permission.Owner, "Ends an own consumer." },
        { "media::consumer::layers::change", J.LayersChanged, "Layers of a consumer changed." },
        { "media::consumer::pause", J.ConsumerRef, Answer.None, _ => Media.PauseConsumer, Permission.Owner, "Stops an own consumer." },
        { "media::consumer::request::key::frame", J.ConsumerRef, Answer.None, _ => Media.RequestKeyFrame, Permission.Owner, "Asks for a key frame." },
        { "media::consumer::resume", J.ConsumerRef, Answer.None, _ => Media.ResumeConsumer, Permission.Owner, "Lets an own consumer flow again." },
        { "media::consumer::score", J.ConsumerScored, "Quality of a consumer changed." },
        { "media::ice::restart", J.TransportRef, J.IceRestarted, _ => Media.RestartIce, Permission.Owner, "New ICE credentials for an own transport." },
        { "media::produce", J.Produce, J.Produced, _ => Media.Produce, Permission.Owner, "Sends a stream into the room." },
        { "media::producer::close", J.ProducerRef, Answer.None, _ => Media.CloseProducer, Permission.Owner, "Ends an own producer." },
        { "media::producer::pause", J.ProducerRef, Answer.None, _ => Media.PauseProducer, Permission.Owner, "Stops an own producer; viewers are told." },
        { "media::producer::resume", J.ProducerRef, Answer.None, _ => Media.ResumeProducer, Permission.Owner, "Lets an own producer flow again; viewers are told." },
        { "media::producer::score", J.ProducerScored, "Quality of a producer changed." },
        { "media::router::rtp::capabilities", J.RoomRef, J.RouterCapabilities, _ => Media.RouterCapabilities, Permission.Caller, "What the room can carry; asked before entering." },
        { "media::transport::close", J.TransportRef, Answer.None, _ => Media.CloseTransport, Permission.Owner, "Ends an own transport." },
        { "media::transport::webrtc::connect", J.ConnectWebRtcTransport, J.TransportRef, _ => Media.ConnectTransport, Permission.Owner, "Gives an own transport the client's DTLS parameters." },
        { "media::transport::webrtc::create", J.CreateWebRtcTransport, J.WebRtcTransportCreated, _ => Media.CreateTransport, Permission.Member, "Makes a transport to send or receive on." },
        { "media::video::orientation::change", J.OrientationChanged, "The picture of a producer turned." },

        { "platform::error", J.Empty, Answer.None, _ => TaoyaoClientSignals.Error, Permission.Registered, "A refusal, with the id of the refused message; from a client it is only noted." },

        { "room::client::list", J.RoomRef, J.RoomClients, s => s.Rooms.ListClients, Permission.Member, "Who is in the room; also sent after entering." },
        { "room::client::list::id", J.ListClientIds, J.RoomClientIds, _ => TaoyaoRoomSignals.ListClientIds, Permission.Member, "What a member sends and receives." },
        { "room::close", J.RoomRef, Answer.None, s => s.Rooms.Close, Permission.Caller, "Ends a room; told to everybody in it." },
        { "room::create", J.CreateRoom, J.RoomStatus, s => s.Rooms.Create, Permission.Caller, "Makes a room. From the server: the room was made anew; leave, enter and produce again." },
        { "room::enter", J.EnterRoom, Answer.Told, s => s.Rooms.Enter, Permission.Caller, "Enters a room; what everybody in it is told is the answer." },
        { "room::leave", J.RoomRef, Answer.None, s => s.Rooms.Leave, Permission.Member, "Leaves a room; told to the others." },
        { "room::list", J.Empty, J.RoomStatusList, s => s.Rooms.List, Permission.Registered, "All rooms, the oldest first." },
        { "room::status", J.RoomRef, J.RoomStatus, s => s.Rooms.Status, Permission.Member, "State of a room." },
    };
}
