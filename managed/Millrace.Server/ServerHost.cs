using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Millrace.Controller;
using Millrace.Interop;
using Millrace.Rooms;
using Millrace.Server.Endpoints;
using Millrace.Server.Options;
using Millrace.Server.Tls;
using Millrace.Server.Users;
using Millrace.Signaling.Taoyao;
using NLog.Web;

namespace Millrace.Server;

/// <summary>
/// Puts the server together and runs it: workers, rooms, signaling, pages. The one place where the clock, chance and the
/// outside world are handed to everything else.
/// </summary>
internal static class ServerHost
{
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Serves until the process is asked to end.</summary>
    /// <exception cref="OptionsException">A setting cannot be used.</exception>
    public static async Task RunAsync(ServerOptions options)
    {
        using DataLock held = DataLock.Take(options.Data);
        TimeProvider time = TimeProvider.System;
        UserStore users = UserStore.Load(options.Users, options.Data, Console.Error.WriteLine);
        using X509Certificate2? certificate = options.Listeners.Any(l => l.Scheme == "https") ? ServerCertificate.Load(options, time) : null;

        WebApplicationBuilder builder = CreateBuilder(options, certificate);
        using ILoggerFactory loggers = LoggerFactory.Create(logging => ConfigureLogging(logging, options));
        await using MediaPool pool = await StartPoolAsync(options, loggers);
        await using RoomRegistry rooms = new(pool, RoomOptionsOf(options), loggers.CreateLogger<RoomRegistry>());
        GuestTokens guests = new(time);
        using LoginJudge judge = new(users, guests, time);
        using TaoyaoService taoyao = new(
            new TaoyaoOptions { Rooms = rooms, Authenticate = judge.JudgeAsync }, loggers.CreateLogger<TaoyaoService>());

        await using WebApplication app = builder.Build();
        Map(app, options, taoyao, guests, pool);
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new OptionsException($"--listen: {exception.Message}");
        }
        Announce(app);
        await app.WaitForShutdownAsync();
    }

    private static WebApplicationBuilder CreateBuilder(ServerOptions options, X509Certificate2? certificate)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        ConfigureLogging(builder.Logging, options);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = HandshakeTimeout;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            foreach (Uri listener in options.Listeners)
            {
                Listen(kestrel, listener, certificate);
            }
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        return builder;
    }

    private static void Listen(KestrelServerOptions kestrel, Uri listener, X509Certificate2? certificate)
    {
        void Configure(ListenOptions listen)
        {
            // WebSockets over HTTP/1.1 alone: one connection, one client, and limits that count them.
            listen.Protocols = HttpProtocols.Http1;
            if (listener.Scheme == "https")
            {
                // Debian's OpenSSL settles on TLS 1.2 as the least.
                listen.UseHttps(certificate!);
            }
        }
        if (IPAddress.TryParse(listener.Host.Trim('[', ']'), out IPAddress? ip))
        {
            kestrel.Listen(ip, listener.Port, Configure);
        }
        else if (listener.Host == "localhost")
        {
            kestrel.ListenLocalhost(listener.Port, Configure);
        }
        else
        {
            kestrel.ListenAnyIP(listener.Port, Configure);
        }
    }

    private static void ConfigureLogging(ILoggingBuilder logging, ServerOptions options)
    {
        logging.ClearProviders();
        logging.AddNLogWeb(ServerLog.Configure(options.Data));
    }

    private static async Task<MediaPool> StartPoolAsync(ServerOptions options, ILoggerFactory loggers)
    {
        ILogger logger = loggers.CreateLogger<MediaPool>();
        try
        {
            return await MediaPool.StartAsync(
                [.. Enumerable.Range(0, options.Workers).Select(number => NodeOptions(options, number, logger))], logger)
                ;
        }
        catch (Exception exception) when (exception is WorkerStartException or WorkerRequestException or IOException
            or WorkerDiedException or DllNotFoundException or TimeoutException)
        {
            throw new OptionsException($"the media worker does not start: {exception.Message}");
        }
    }

    private static RoomOptions RoomOptionsOf(ServerOptions options) => new()
    {
        NewId = NewId,
        Limits = new RoomLimits { ConsumersPerRouter = options.ConsumersPerRouter },
    };

    private static MediaNodeOptions NodeOptions(ServerOptions options, int number, ILogger logger) => new()
    {
        Worker = new WorkerOptions
        {
            Mode = options.InProcess ? WorkerMode.InProcess : WorkerMode.Process,
            Path = options.WorkerBin,
            Output = line => ServerHostLog.WorkerSaid(logger, number, line),
            NewId = NewId,
        },
        Ip = options.MediaIp.ToString(),
        AnnouncedAddress = options.AnnouncedIp,
        Port = options.MediaPort == 0 ? 0 : options.MediaPort + number,
    };

    private static void Map(WebApplication app, ServerOptions options, TaoyaoService taoyao, GuestTokens guests, MediaPool pool)
    {
        OriginPolicy origins = new(options);
        SignalEndpoint signals = new(taoyao, origins, new ConnectionGate(), app.Lifetime);
        GuestEndpoint guest = new(options, guests, origins);
        app.Use(SecurityHeaders.AddAsync);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Ping, KeepAliveTimeout = Ping });
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.Map(SignalEndpoint.Path, signals.HandleAsync);
        app.MapPost("/guest", guest.Handle);
        app.MapGet("/health", () => pool.Nodes.All(node => node.IsHealthy) && pool.Nodes.Any(node => node.IsReady)
            ? Microsoft.AspNetCore.Http.Results.Text("ok")
            : Microsoft.AspNetCore.Http.Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
    }

    // The one line that a person, a script or a test waits for.
    private static void Announce(WebApplication app)
    {
        ICollection<string> addresses = app.Services
            .GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses;
        Console.Out.WriteLine($"Millrace serves {string.Join(' ', addresses)}");
    }

    private static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
