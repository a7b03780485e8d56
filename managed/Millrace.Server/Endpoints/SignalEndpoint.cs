using System.Net;
using System.Net.WebSockets;
using Millrace.Signaling.Taoyao;

namespace Millrace.Server.Endpoints;

/// <summary>The taoyao protocol at <c>/websocket.signal</c>: checks the upgrade, then hands the socket over.</summary>
internal sealed class SignalEndpoint(
    TaoyaoService service, OriginPolicy origins, ConnectionGate gate, IHostApplicationLifetime lifetime)
{
    public const string Path = "/websocket.signal";

    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        string? origin = context.Request.Headers.Origin.Count == 0 ? null : context.Request.Headers.Origin.ToString();
        if (!origins.Allows(origin, context.Request.Scheme, context.Request.Host.Value ?? string.Empty))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        IPAddress address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (!gate.TryEnter(address))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        try
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            await service.ServeAsync(socket, address, lifetime.ApplicationStopping);
        }
        finally
        {
            gate.Leave(address);
        }
    }
}
