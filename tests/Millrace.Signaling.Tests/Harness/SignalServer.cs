using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Rooms;
using Millrace.Signaling.Core;
using Millrace.Signaling.Taoyao;
using Millrace.Testing;

namespace Millrace.Signaling.Tests.Harness;

/// <summary>
/// The whole of taoyao without a network: service, rooms and a real worker, reached over WebSockets in memory, on a clock that
/// the test moves. Whoever says the password "secret" is who he says he is.
/// </summary>
internal sealed class SignalServer : IAsyncDisposable
{
    public const string Password = "secret";

    private readonly RoomRegistry _rooms;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _serving = [];
    private readonly List<DuplexStream> _clients = [];
    private int _roomIds;

    public SignalServer(ConnectionLimits? limits = null, MediaPool? pool = null, RoomLimits? roomLimits = null, long window = 0)
    {
        Window = window;
        _rooms = new RoomRegistry(
            pool ?? Workers.Pool,
            new RoomOptions
            {
                NewId = () => string.Create(CultureInfo.InvariantCulture, $"room-{Interlocked.Increment(ref _roomIds)}"),
                TimeProvider = Time,
                Limits = roomLimits ?? new RoomLimits(),
            },
            NullLogger.Instance);
        Service = new TaoyaoService(
            new TaoyaoOptions
            {
                Rooms = _rooms,
                Authenticate = JudgeAsync,
                TimeProvider = Time,
                Limits = limits ?? new ConnectionLimits(),
                PasswordIterations = 10,
            },
            new ListLogger(Failures));
    }

    public ManualTime Time { get; } = new();

    public TaoyaoService Service { get; }

    /// <summary>What was logged as our own defect.</summary>
    public List<string> Failures { get; } = [];

    public RoomRegistry Rooms => _rooms;

    private long Window { get; }

    /// <summary>A new connection.</summary>
    public SignalClient Connect(string address = "192.0.2.1")
    {
        (DuplexStream server, DuplexStream client) = DuplexStream.Pair(Window);
        _clients.Add(client);
        WebSocket accepted = WebSocket.CreateFromStream(server, isServer: true, subProtocol: null, Timeout.InfiniteTimeSpan);
        Task serving = Service.ServeAsync(accepted, IPAddress.Parse(address), _stopping.Token);
        _serving.Add(serving);
        return new SignalClient(
            WebSocket.CreateFromStream(client, isServer: false, subProtocol: null, Timeout.InfiniteTimeSpan), client, serving);
    }

    /// <summary>A connection whose client has registered and has read what follows from that.</summary>
    public async Task<SignalClient> RegisterAsync(string clientId, string type = "WEB", string address = "192.0.2.1", string? username = null)
    {
        SignalClient client = Connect(address);
        JsonObject body = new()
        {
            ["username"] = username ?? clientId,
            ["password"] = Password,
            ["clientId"] = clientId,
            ["clientType"] = type,
            ["name"] = clientId,
        };
        await client.SendAsync(1, "client::register", body);
        await client.ExpectAsync("client::register");
        await client.ExpectAsync("client::config");
        return client;
    }

    /// <summary>Stops, as the host does.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        // Every client goes, so that no connection waits for one on a clock that stands still.
        await _stopping.CancelAsync();
        _clients.ForEach(client => client.Dispose());
        await Task.WhenAll(_serving).Within();
        await _rooms.DisposeAsync();
        Service.Dispose();
        _stopping.Dispose();
    }

    private static Task<LoginResult> JudgeAsync(Login login) => Task.FromResult(
        login.Password == "too often" ? new LoginResult(null, Throttled: true)
        : new LoginResult(login.Password == Password ? new Principal(login.Username) : null));

    private sealed class ListLogger(List<string> failures) : ILogger<TaoyaoService>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lock (failures)
                {
                    failures.Add($"{formatter(state, exception)} {exception}");
                }
            }
        }
    }
}
