using Millrace.Controller;
using Millrace.Controller.Rtp;

namespace Millrace.Rooms.Tests;

/// <summary>A client of a room that writes down what it is told.</summary>
internal sealed class Visitor(string name)
{
    private readonly List<RoomEvent> _events = [];

    public string Name => name;

    /// <summary>What it was told so far, one word and what it is about.</summary>
    public IReadOnlyList<string> Told => [.. Events.Select(Text)];

    public IReadOnlyList<RoomEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events.Where(e => e is not (RoomEvent.VolumesMeasured or RoomEvent.ProducerScored or RoomEvent.ConsumerScored or RoomEvent.LayersChanged))];
            }
        }
    }

    public Peer Peer { get; private set; } = null!;

    public Task<Peer> EnterAsync(
        Room room, RtpCapabilities? capabilities = null, SubscribeType subscribe = SubscribeType.All) => room.RunAsync(() =>
        {
            Peer = room.Enter(name, capabilities ?? Browser.Capabilities, subscribe, Write, cause: $"{name} asked");
            return Task.FromResult(Peer);
        });

    public Task<WebRtcTransport> SendsOnAsync() =>
        Peer.Room.RunAsync(() => Peer.CreateTransportAsync(producing: true, consuming: false, forceTcp: false));

    public Task<WebRtcTransport> ReceivesOnAsync() =>
        Peer.Room.RunAsync(() => Peer.CreateTransportAsync(producing: false, consuming: true, forceTcp: false));

    public Task<Publication> ProducesAsync(WebRtcTransport transport, MediaKind kind, uint ssrc) => Peer.Room.RunAsync(() =>
        Peer.ProduceAsync(transport.Id, kind, kind == MediaKind.Audio ? Browser.Opus(ssrc) : Browser.Vp8(ssrc), appData: null));

    /// <summary>Runs a turn about this visitor.</summary>
    public Task DoesAsync(Func<Peer, Task> act) => Peer.Room.RunAsync(async () =>
    {
        await act(Peer);
        return 0;
    });

    public void Forget()
    {
        lock (_events)
        {
            _events.Clear();
        }
    }

    private void Write(RoomEvent roomEvent)
    {
        lock (_events)
        {
            _events.Add(roomEvent);
        }
    }

    private static string Text(RoomEvent roomEvent) => roomEvent switch
    {
        RoomEvent.PeerEntered e => $"entered {e.Peer.ClientId}",
        RoomEvent.PeerLeft e => $"left {e.Peer.ClientId}",
        RoomEvent.RoomClosed => "room closed",
        RoomEvent.RoomRebuilt => "room rebuilt",
        RoomEvent.TransportClosed e => $"transport closed {e.TransportId}",
        RoomEvent.ProducerClosed e => $"producer closed {e.ProducerId}",
        RoomEvent.ProducerPaused e => $"producer paused {e.ProducerId}",
        RoomEvent.ProducerResumed e => $"producer resumed {e.ProducerId}",
        RoomEvent.ConsumerCreated e => $"consumer created of {e.Subscription.Publication.Producer.Id}",
        RoomEvent.ConsumerClosed e => $"consumer closed {e.ConsumerId}",
        RoomEvent.ConsumerPaused e => $"consumer paused {e.ConsumerId}",
        RoomEvent.ConsumerResumed e => $"consumer resumed {e.ConsumerId}",
        _ => roomEvent.GetType().Name,
    };
}
