using System.Globalization;
using System.Net.WebSockets;
using Millrace.Signaling.Core;
using Millrace.Signaling.Taoyao.Messages;

namespace Millrace.Signaling.Taoyao;

/// <summary>The methods behind <c>client::*</c> (the protocol's page, section 6.1).</summary>
internal sealed class TaoyaoClientSignals(TaoyaoSession session)
{
    private const int LongestText = 256;

    /// <summary>Makes the connection a client's. What follows is ordered: the answer, the configuration, the others' news.</summary>
    public async Task<ClientIndex> Register(RegisterClient request)
    {
        ClientType type = ClientTypes.Parse(request.ClientType);
        if (request.ClientId.Length is 0 or > LongestText || request.Name?.Length > LongestText)
        {
            throw new TaoyaoException(TaoyaoCode.Malformed);
        }
        if (session.Client is not null)
        {
            throw new TaoyaoException(TaoyaoCode.Conflict);
        }
        LoginResult login = await session.AuthenticateAsync(request.Username ?? string.Empty, request.Password ?? string.Empty)
            .ConfigureAwait(false);
        if (login.Throttled)
        {
            throw new TaoyaoException(TaoyaoCode.BadRequest, "请求太多");
        }
        Principal principal = login.Principal ?? throw new TaoyaoException(TaoyaoCode.Unauthorized, "注册失败");
        if (type == ClientType.Media)
        {
            // The built-in workers are the media service; nobody else may say that it is one.
            throw new TaoyaoException(TaoyaoCode.Forbidden);
        }
        TaoyaoClient client = new(session, principal, type, TaoyaoClient.First(request, type, session.RemoteIp, Now));
        if (session.Service.Directory.Add(client)?.Session is { } before)
        {
            Replace(before);
        }
        session.Become(client);
        session.AfterAnswer(Registered);
        return new ClientIndex(session.Service.Ids.NextClient());
    }

    /// <summary>Answers with what the client should capture.</summary>
    public Task<ClientConfig> Config(Empty request) => Task.FromResult(ConfigOf(session.Client!));

    /// <summary>Takes over the client's report.</summary>
    public Task Heartbeat(ClientReport request)
    {
        session.Client!.Report(request, Now);
        return Task.CompletedTask;
    }

    /// <summary>Lists the registered clients, the built-in media service among them.</summary>
    public Task<IReadOnlyList<ClientStatus>> List(ListClients request)
    {
        ClientType? type = request.ClientType is null ? null : ClientTypes.Parse(request.ClientType);
        return Task.FromResult<IReadOnlyList<ClientStatus>>(
            [.. session.Service.Directory.Clients.Where(c => type is null || c.Type == type).Select(c => c.Status)]);
    }

    /// <summary>The state of one client; an unknown one has none, and that is no error.</summary>
    public Task<ClientStatus?> Status(GetClientStatus request) =>
        Task.FromResult(session.Service.Directory.Find(request.ClientId ?? session.ClientId)?.Status);

    /// <summary>Ends the connection after the answer.</summary>
    public Task Close(Empty request)
    {
        session.AfterAnswer(() => session.Close(WebSocketCloseStatus.NormalClosure, string.Empty));
        return Task.CompletedTask;
    }

    /// <summary>A client's report of an error of its own; there is nothing to answer.</summary>
    public static Task Error(Empty request) => Task.CompletedTask;

    private DateTimeOffset Now => session.Service.Options.TimeProvider.GetLocalNow();

    // The same person from another connection: the old one is told and closed, and whatever it was in is left at once.
    private static void Replace(TaoyaoSession before)
    {
        before.Push("client::close", new Empty(), TaoyaoJson.Default.Empty);
        before.Close(WebSocketCloseStatus.NormalClosure, "registered elsewhere");
        before.GoOffline();
    }

    private void Registered()
    {
        TaoyaoClient client = session.Client!;
        if (session.IsGone)
        {
            // Replaced by a newer registration in the meantime.
            return;
        }
        session.Push("client::config", ConfigOf(client), TaoyaoJson.Default.ClientConfig);
        session.Announce();
        session.Service.PushToOthers(client.ClientId, "client::online", client.Status, TaoyaoJson.Default.ClientStatus);
    }

    private ClientConfig ConfigOf(TaoyaoClient client)
    {
        string now = Now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        return client.Type.IsCaller() ? new ClientConfig(now, MediaConfig.Default, WebRtcConfig.Default) : new ClientConfig(now);
    }
}
