using Millrace.Controller.Rtp;
using Millrace.Rooms;
using Millrace.Signaling.Taoyao.Messages;

namespace Millrace.Signaling.Taoyao;

/// <summary>The methods behind <c>room::*</c> (the protocol's page, section 6.5).</summary>
internal sealed class TaoyaoRoomSignals(TaoyaoSession session)
{
    private const int LongestText = 256;

    private TaoyaoService Service => session.Service;

    /// <summary>Makes a room; its creator does not enter by that.</summary>
    public async Task<RoomStatus> Create(CreateRoom request)
    {
        if (request.Name.Length is 0 or > LongestText || (request.Password ?? request.MisspelledPassword)?.Length > LongestText)
        {
            throw new TaoyaoException(TaoyaoCode.Malformed);
        }
        if (request.MediaClientId is { Length: > 0 } media && media != Service.Options.MediaClientId)
        {
            throw new TaoyaoException(TaoyaoCode.Unknown, $"无效媒体服务：{media}");
        }
        string? password = request.Password ?? request.MisspelledPassword;
        PasswordHash? hash = string.IsNullOrEmpty(password) ? null : await Service.HashAsync(password).ConfigureAwait(false);
        return StatusOf(await Service.Options.Rooms.CreateAsync(request.Name, hash, session.ClientId).ConfigureAwait(false));
    }

    /// <summary>Lets the client in. What everybody gets carries the request's id, and so is the answer.</summary>
    public async Task Enter(EnterRoom request)
    {
        Room room = Service.Options.Rooms.Get(request.RoomId);
        // Comparing takes a tenth of a second: not within a turn, where the others would wait for it.
        if (room.Password is { } password && !session.IsIn(room))
        {
            await CheckPasswordAsync(room, password, request).ConfigureAwait(false);
        }
        await room.RunAsync(() =>
        {
            Peer peer = room.Enter(
                session.ClientId, request.RtpCapabilities, SubscribeTypeOf(request.SubscribeType), session.Deliver, request.MessageId);
            session.Enter(peer);
            session.Push("room::client::list", ClientsOf(room), TaoyaoJson.Default.RoomClients);
            return Task.FromResult(peer);
        }).ConfigureAwait(false);
    }

    /// <summary>Lets the client out; the others are told.</summary>
    public async Task Leave(Peer peer, RoomRef request)
    {
        session.Leave(peer);
        await peer.Room.LeaveAsync(peer).ConfigureAwait(false);
    }

    /// <summary>Ends a room, for any member, and for its creator before anybody entered.</summary>
    public Task Close(RoomRef request)
    {
        Room? room = Service.Options.Rooms.Find(request.RoomId);
        if (room is null)
        {
            // A second close is what the first one wanted.
            return Task.CompletedTask;
        }
        bool ownEmptyRoom = room.CreatorId == session.ClientId && room.PeerCount == 0;
        if (!session.IsIn(room) && !ownEmptyRoom)
        {
            throw new RefusedException(new RoomError.NotMember(session.ClientId));
        }
        return Service.Options.Rooms.CloseAsync(room);
    }

    /// <summary>Lists the rooms, the oldest first.</summary>
    public Task<IReadOnlyList<RoomStatus>> List(Empty request) =>
        Task.FromResult<IReadOnlyList<RoomStatus>>([.. Service.Options.Rooms.Rooms.Select(StatusOf)]);

    /// <summary>Tells about a room.</summary>
    public Task<RoomStatus> Status(Peer peer, RoomRef request) => Task.FromResult(StatusOf(peer.Room));

    /// <summary>Lists who is in a room.</summary>
    public Task<RoomClients> ListClients(Peer peer, RoomRef request) => Task.FromResult(ClientsOf(peer.Room));

    /// <summary>Lists what a member sends and receives.</summary>
    public static Task<RoomClientIds> ListClientIds(Peer peer, ListClientIds request)
    {
        string clientId = request.ClientId ?? peer.ClientId;
        Peer of = peer.Room.Find(clientId) ?? throw new TaoyaoException(TaoyaoCode.Unknown, "终端没有进入房间");
        return Task.FromResult(new RoomClientIds(
            peer.Room.Id,
            clientId,
            [],
            [],
            [.. of.Publications.Where(p => p.Producer.Kind == MediaKind.Audio).Select(p => p.Producer.Id)],
            [.. of.Publications.Where(p => p.Producer.Kind == MediaKind.Video).Select(p => p.Producer.Id)],
            [.. of.Subscriptions.Where(s => s.Consumer.Kind == MediaKind.Audio).Select(s => s.Consumer.Id)],
            [.. of.Subscriptions.Where(s => s.Consumer.Kind == MediaKind.Video).Select(s => s.Consumer.Id)]));
    }

    // Guesses are counted by client and by address.
    private async Task CheckPasswordAsync(Room room, PasswordHash password, EnterRoom request)
    {
        string client = $"{room.Id} {session.ClientId}";
        string address = $"{room.Id} {session.RemoteIp}";
        if (Service.RoomGuesses.IsLocked(client) || Service.RoomGuesses.IsLocked(address))
        {
            throw new TaoyaoException(TaoyaoCode.BadRequest, "请求太多");
        }
        string given = request.Password ?? request.MisspelledPassword ?? string.Empty;
        if (given.Length > LongestText || !await Service.VerifyAsync(password, given).ConfigureAwait(false))
        {
            Service.RoomGuesses.Remember(client);
            Service.RoomGuesses.Remember(address);
            throw new RefusedException(new RoomError.WrongPassword());
        }
    }

    private static SubscribeType SubscribeTypeOf(string? text) => text?.ToUpperInvariant() switch
    {
        "ALL_AUDIO" => SubscribeType.AllAudio,
        "ALL_VIDEO" => SubscribeType.AllVideo,
        "NONE" => SubscribeType.None,
        _ => SubscribeType.All,
    };

    private RoomStatus StatusOf(Room room) => new(room.Id, room.Name, room.PeerCount, Service.Options.MediaClientId);

    private RoomClients ClientsOf(Room room) => new(
        room.Id,
        [.. room.Peers.Select(p => Service.Directory.Find(p.ClientId)?.Status).OfType<ClientStatus>()]);
}
