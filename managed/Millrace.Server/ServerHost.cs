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
using Millrace.Server.Metrics;
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
        await using ServerMetrics? metrics = ServerMetrics.Create(options);
        Uri[] listeners = metrics is null ? [.. options.Listeners] : [.. options.Listeners, options.MetricsListen];
        using X509Certificate2? certificate = listeners.Any(l => l.Scheme == "https") ? ServerCertificate.Load(options, time) : null;

        WebApplicationBuilder builder = CreateBuilder(options, metrics is not null, certificate);
        using ILoggerFactory loggers = LoggerFactory.Create(logging => ConfigureLogging(logging, options));
        await using MediaPool pool = await StartPoolAsync(options, loggers);
        metrics?.Watch(pool, options, time);
        await using RoomRegistry rooms = new(pool, RoomOptionsOf(options), loggers.CreateLogger<RoomRegistry>());
        GuestTokens guests = new(time);
        using LoginJudge judge = new(users, guests, time);
        using TaoyaoService taoyao = new(
            new TaoyaoOptions { Rooms = rooms, Authenticate = judge.JudgeAsync }, loggers.CreateLogger<TaoyaoService>());

        await using WebApplication app = builder.Build();
        MapMetrics(app, metrics);
        Map(app, options, taoyao, guests, pool);
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new OptionsException($"--listen: {exception.Message}");
        }
        Announce(app, hasMetrics: metrics is not null);
        await app.WaitForShutdownAsync();
    }

    private static WebApplicationBuilder CreateBuilder(ServerOptions options, bool hasMetrics, X509Certificate2? certificate)
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
            if (hasMetrics)
            {
                Listen(kestrel, options.MetricsListen, certificate, MetricsListener.Mark);
            }
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        return builder;
    }

    private static void Listen(
        KestrelServerOptions kestrel, Uri listener, X509Certificate2? certificate, Action<ListenOptions>? more = null)
    {
        void Configure(ListenOptions listen)
        {
            // WebSockets over HTTP/1.1 alone: one connection, one client, and limits that count them.
            listen.Protocols = HttpProtocols.Http1;
            more?.Invoke(listen);
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

    // Before everything else: what comes to the metrics' listener sees nothing else, and nobody else sees the metrics.
    private static void MapMetrics(WebApplication app, ServerMetrics? metrics)
    {
        if (metrics is not null)
        {
            app.MapWhen(MetricsListener.Serves, own => own.Run(metrics.Endpoint.HandleAsync));
        }
    }

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

    // The line that a person, a script or a test waits for; where metrics are served it is the second.
    private static void Announce(WebApplication app, bool hasMetrics)
    {
        // In the order of the listeners, the metrics' last.
        string[] addresses = [.. app.Services
            .GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses];
        if (hasMetrics)
        {
            Console.Out.WriteLine($"Millrace measures {addresses[^1]}{MetricsEndpoint.Path}");
        }
        Console.Out.WriteLine($"Millrace serves {string.Join(' ', hasMetrics ? addresses[..^1] : addresses)}");
    }

    private static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
