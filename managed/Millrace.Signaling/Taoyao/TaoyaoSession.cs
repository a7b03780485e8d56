using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Millrace.Rooms;
using Millrace.Signaling.Core;
using Millrace.Signaling.Taoyao.Messages;

namespace Millrace.Signaling.Taoyao;

/// <summary>
/// One connection of a client: reads its messages in order, finds the row of each, and answers. What concerns a room runs
/// as a turn of that room, and so does its answer: whatever follows from it follows it on the wire.
/// </summary>
internal sealed partial class TaoyaoSession : ISignalSession
{
    private static readonly KeyValuePair<string, object?> Protocol = SignalMetrics.Of("taoyao");

    private readonly WebSocketConnection _connection;
    private readonly RateLimit _rate;
    private readonly RateLimit _offences;
    private readonly PendingConsumers _pending;
    private readonly TaoyaoEvents _events;
    private readonly ConcurrentDictionary<string, Peer> _peers = new();
    private Action? _afterAnswer;
    private volatile bool _gone;
    private volatile bool _announced;

    public TaoyaoSession(TaoyaoService service, WebSocketConnection connection)
    {
        Service = service;
        _connection = connection;
        TaoyaoOptions options = service.Options;
        _rate = new RateLimit(options.Limits.MessagesPerSecond, options.Limits.MessageBurst, options.TimeProvider);
        _offences = new RateLimit(options.Limits.OffencesPerMinute / 60.0, options.Limits.OffencesPerMinute, options.TimeProvider);
        _pending = new PendingConsumers(options.TimeProvider, options.AnswerTimeout);
        _events = new TaoyaoEvents(this, service.Directory, _pending);
        Clients = new TaoyaoClientSignals(this);
        Rooms = new TaoyaoRoomSignals(this);
    }

    /// <summary>What all sessions share.</summary>
    public TaoyaoService Service { get; }

    /// <summary>The methods behind <c>client::*</c>.</summary>
    public TaoyaoClientSignals Clients { get; }

    /// <summary>The methods behind <c>room::*</c>.</summary>
    public TaoyaoRoomSignals Rooms { get; }

    /// <summary>Who registered here; null before.</summary>
    public TaoyaoClient? Client { get; private set; }

    /// <inheritdoc/>
    public string ClientId => Client?.ClientId ?? throw new InvalidOperationException("Nobody has registered.");

    /// <summary>Whether the client has left everything; nothing that it still sends counts.</summary>
    public bool IsGone => _gone;

    /// <summary>Where the client is.</summary>
    public string RemoteIp => _connection.RemoteAddress.ToString();

    /// <summary>
    /// Whether the client has its answer and its configuration. Before, news of other clients are not for it: it will list them.
    /// </summary>
    public bool IsAnnounced => _announced;

    /// <summary>Takes the client's claim to the server's judgement.</summary>
    public Task<LoginResult> AuthenticateAsync(string username, string password) =>
        Service.Options.Authenticate(new Login(username, password, _connection.RemoteAddress));

    /// <summary>News of other clients are for this one from now on.</summary>
    public void Announce() => _announced = true;

    /// <summary>The connection belongs to this client from now on.</summary>
    public void Become(TaoyaoClient client) => Client = client;

    /// <summary>Serves the client until the connection ends, then leaves everything it was in.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using ITimer login = Service.Options.TimeProvider.CreateTimer(
            _ => CloseUnlessRegistered(), null, Service.Options.Limits.LoginTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            await _connection.RunAsync(ReceiveAsync, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // A newer registration of the same client has spoken for this one already.
            if (Client is { } client && Service.Directory.Remove(client))
            {
                GoOffline();
            }
        }
    }

    /// <summary>Closes the connection after what is queued.</summary>
    public void Close(WebSocketCloseStatus status, string reason) => _connection.Close(status, reason);

    /// <summary>Remembers that the client is in a room.</summary>
    public void Enter(Peer peer)
    {
        _peers[peer.Room.Id] = peer;
        // Gone while the turn ran: nobody else would let this peer out again.
        if (_gone)
        {
            peer.Room.Follow(() => peer.Room.LeaveAsync(peer));
        }
    }

    /// <summary>Forgets that the client is in a room.</summary>
    public void Leave(Peer peer) => _peers.TryRemove(KeyValuePair.Create(peer.Room.Id, peer));

    /// <summary>Forgets a room that has ended.</summary>
    public void Forget(Room room) => _peers.TryRemove(room.Id, out _);

    /// <summary>Whether the client is in a room.</summary>
    public bool IsIn(Room room) => _peers.ContainsKey(room.Id);

    /// <summary>Receives what happens in the client's rooms.</summary>
    public void Deliver(RoomEvent roomEvent) => _events.Deliver(roomEvent);

    /// <summary>Sends a message of the server's own.</summary>
    public void Push<T>(string signal, T body, JsonTypeInfo<T> shape, long? id = null) => _connection.Send(TaoyaoEnvelope.Write(
        TaoyaoCode.Success, null, TaoyaoEnvelope.CurrentVersion, id ?? Service.Ids.NextMessage(), signal, body, shape));

    /// <summary>Runs <paramref name="action"/> once the answer to the present request is sent; for requests outside of rooms.</summary>
    public void AfterAnswer(Action action) => _afterAnswer = action;

    /// <summary>Gives up the client's places in all rooms and tells everybody that it is gone. The connection may live on to be closed.</summary>
    public void GoOffline()
    {
        _gone = true;
        _pending.Clear();
        foreach (Peer peer in _peers.Values)
        {
            peer.Room.Follow(() => peer.Room.LeaveAsync(peer));
        }
        _peers.Clear();
        if (Client is { } client)
        {
            Service.PushToOthers(client.ClientId, "client::offline", new ClientRef(client.ClientId), TaoyaoJson.Default.ClientRef);
            Log.Gone(Service.Logger, client.ClientId);
        }
    }

    // The order of the checks is the protocol's (its page, section 2).
    private async Task ReceiveAsync(ReadOnlyMemory<byte> bytes)
    {
        long? id = null;
        try
        {
            if (_gone)
            {
                return;
            }
            TaoyaoEnvelope message = TaoyaoEnvelope.Read(bytes, out id);
            if (!_pending.Expects(message.Id) && !_rate.TryTake())
            {
                Offend();
                throw new TaoyaoException(TaoyaoCode.BadRequest, "请求太多");
            }
            SignalRow<TaoyaoSession> row = TaoyaoSignals.Table.Find(message.Signal)
                ?? throw new TaoyaoException(TaoyaoCode.UnknownSignal, $"不支持的信令协议：{message.Signal}");
            if (row.Permission != Permission.Anyone && Client is null)
            {
                throw new TaoyaoException(TaoyaoCode.Unauthorized, "终端没有授权");
            }
            if (_pending.Take(message.Id) is { } waiting)
            {
                waiting.Confirm();
                return;
            }
            await DispatchAsync(row, message).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            Offend();
            SendError(id, TaoyaoCode.Unknown, $"JSON转Java失败：{exception.Path}");
        }
        catch (TaoyaoException exception)
        {
            if (exception.Code == TaoyaoCode.Malformed || exception.Code == TaoyaoCode.UnknownSignal)
            {
                Offend();
            }
            SendError(id, exception.Code, exception.Message);
        }
        catch (Exception exception)
        {
            // Our own defect, outside of any request: this connection ends, in good order.
            Log.Failed(Service.Logger, "A message", exception);
            Close(WebSocketCloseStatus.InternalServerError, "internal error");
        }
    }

    private async Task DispatchAsync(SignalRow<TaoyaoSession> row, TaoyaoEnvelope message)
    {
        if (row.Permission == Permission.Server)
        {
            return;
        }
        if (row.Permission is not (Permission.Anyone or Permission.Registered) && !Client!.Type.IsCaller())
        {
            if (row.Answer != Answer.None)
            {
                throw new TaoyaoException(TaoyaoCode.Forbidden);
            }
            return;
        }
        object request = ReadRequest(row, message);
        long asked = Service.Options.TimeProvider.GetTimestamp();
        if (row.InvokeInRoom is { } inRoom)
        {
            string roomId = ((IRoomRequest)request).RoomId;
            Room? room = Service.Options.Rooms.Find(roomId);
            if (room is null || !room.Post(() => AnswerAsync(row, message, asked, () => inRoom(this, room, request))))
            {
                bool full = room is { IsClosed: false };
                SendRefusal(row, message, full ? new RoomError.TooMany(nameof(RoomLimits.WaitingTurns)) : new RoomError.NoSuchRoom(roomId));
            }
            return;
        }
        _afterAnswer = null;
        await AnswerAsync(row, message, asked, () => row.Invoke!(this, request)).ConfigureAwait(false);
        _afterAnswer?.Invoke();
    }

    private static object ReadRequest(SignalRow<TaoyaoSession> row, TaoyaoEnvelope message)
    {
        try
        {
            object request = row.Read(message.Body);
            if (request is Relayed relayed)
            {
                relayed.MessageId = message.Id;
            }
            return request;
        }
        catch (JsonException exception)
        {
            throw new TaoyaoException(TaoyaoCode.Malformed, $"{TaoyaoCode.Malformed.Text}：{exception.Path}");
        }
    }

    private async Task AnswerAsync(SignalRow<TaoyaoSession> row, TaoyaoEnvelope message, long asked, Func<Task<object?>> method)
    {
        if (_gone)
        {
            return;
        }
        try
        {
            object? reply = await method().ConfigureAwait(false);
            if (row.Answer is Answer.Body or Answer.Empty)
            {
                _connection.Send(TaoyaoEnvelope.Write(
                    TaoyaoCode.Success, null, message.Version, message.Id, message.Signal, reply, row.Reply));
            }
        }
        catch (RefusedException exception)
        {
            SendRefusal(row, message, exception.Error);
        }
        catch (TaoyaoException exception)
        {
            SendError(message.Id, exception.Code, exception.Message);
        }
        catch (JsonException exception)
        {
            SendError(message.Id, TaoyaoCode.Malformed, $"{TaoyaoCode.Malformed.Text}：{exception.Path}");
        }
        catch (Exception exception)
        {
            // Our own defect: only this request suffers, and the log knows.
            Log.Failed(Service.Logger, message.Signal, exception);
            SendError(message.Id, TaoyaoCode.Unknown, TaoyaoCode.Unknown.Text);
        }
        SignalMetrics.Duration.Record(Service.Options.TimeProvider.GetElapsedTime(asked).TotalSeconds, Protocol);
    }

    private void SendRefusal(SignalRow<TaoyaoSession> row, TaoyaoEnvelope message, RoomError error)
    {
        if (row.Answer == Answer.None && TaoyaoErrors.IsMissingObject(error))
        {
            return;
        }
        (TaoyaoCode code, string text) = TaoyaoErrors.Of(error);
        SendError(message.Id, code, text);
    }

    private void SendError(long? id, TaoyaoCode code, string text)
    {
        SignalMetrics.Refusals.Add(1, Protocol, new KeyValuePair<string, object?>("code", code.Code));
        _connection.Send(TaoyaoEnvelope.Write(
            code, text, TaoyaoEnvelope.CurrentVersion, id ?? Service.Ids.NextMessage(), "platform::error", new Empty(), TaoyaoJson.Default.Empty));
    }

    private void Offend()
    {
        if (!_offences.TryTake())
        {
            Close(WebSocketCloseStatus.PolicyViolation, "too many bad messages");
        }
    }

    private void CloseUnlessRegistered()
    {
        if (Client is null)
        {
            Close(WebSocketCloseStatus.PolicyViolation, "not registered in time");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Client {ClientId} is gone.")]
        public static partial void Gone(ILogger logger, string clientId);

        [LoggerMessage(2, LogLevel.Error, "{Signal} failed.")]
        public static partial void Failed(ILogger logger, string signal, Exception exception);
    }
}
