using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Millrace.Rooms;
using Millrace.Signaling.Core;
using Millrace.Signaling.Taoyao.Messages;

namespace Millrace.Signaling.Taoyao;

/// <summary>The taoyao protocol's endpoint: hand it accepted WebSockets.</summary>
public sealed class TaoyaoService : IDisposable
{
    // Hashing a password keeps a core busy for a while: so many at once, the rest waits.
    private const int HashesAtOnce = 2;
    private const int HashesWaiting = 64;

    // Wrong passwords of one room, by one client or from one address, before both must wait.
    private const int RoomGuessesAllowed = 10;
    private static readonly TimeSpan RoomGuessWindow = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _hashing = new(HashesAtOnce);
    private int _hashesWaiting;

    /// <summary>An endpoint over the rooms of <paramref name="options"/>.</summary>
    public TaoyaoService(TaoyaoOptions options, ILogger<TaoyaoService> logger)
    {
        Options = options;
        Logger = logger;
        Ids = new TaoyaoIds(options.TimeProvider);
        RoomGuesses = new GuessLimit(RoomGuessesAllowed, RoomGuessWindow, options.TimeProvider);
        // The built-in workers are listed like any media service, or clients could make no room.
        Directory.Add(new TaoyaoClient(null, new Principal("media"), ClientType.Media, new ClientStatus
        {
            Ip = IPAddress.Loopback.ToString(),
            Name = options.MediaClientName,
            ClientId = options.MediaClientId,
            ClientType = "MEDIA",
            Status = new Dictionary<string, JsonElement>(),
            Config = new Dictionary<string, JsonElement>(),
        }));
    }

    internal TaoyaoOptions Options { get; }

    internal TaoyaoDirectory Directory { get; } = new();

    internal TaoyaoIds Ids { get; }

    internal GuessLimit RoomGuesses { get; }

    internal ILogger Logger { get; }

    /// <summary>Serves one client until its connection ends or the server stops.</summary>
    public async Task ServeAsync(WebSocket socket, IPAddress remoteAddress, CancellationToken cancellationToken)
    {
        using WebSocketConnection connection = new(socket, remoteAddress, Options.Limits, Options.TimeProvider);
        await new TaoyaoSession(this, connection).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _hashing.Dispose();

    /// <summary>Sends a message to every client but one.</summary>
    internal void PushToOthers<T>(string clientId, string signal, T body, JsonTypeInfo<T> shape)
    {
        foreach (TaoyaoSession other in Directory.Others(clientId).Where(other => other.IsAnnounced))
        {
            other.Push(signal, body, shape);
        }
    }

    /// <summary>Hashes a room's password, not too many at once.</summary>
    internal Task<PasswordHash> HashAsync(string password) =>
        HashAsync(() => PasswordHash.Create(password, Options.PasswordIterations));

    /// <summary>Compares a password with a room's, not too many at once.</summary>
    internal Task<bool> VerifyAsync(PasswordHash hash, string password) => HashAsync(() => hash.Verify(password));

    private async Task<T> HashAsync<T>(Func<T> work)
    {
        if (Interlocked.Increment(ref _hashesWaiting) > HashesWaiting)
        {
            Interlocked.Decrement(ref _hashesWaiting);
            throw new TaoyaoException(TaoyaoCode.BadRequest, "请求太多");
        }
        await _hashing.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task.Run(work).ConfigureAwait(false);
        }
        finally
        {
            _hashing.Release();
            Interlocked.Decrement(ref _hashesWaiting);
        }
    }
}
