using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Millrace.Server.Options;
using Millrace.Server.Users;

namespace Millrace.Server.Endpoints;

/// <summary>
/// Gives visitors on this machine credentials, so that a browser alone is enough for a call. Only while every listener is on
/// loopback, and never through a proxy: behind one, everybody looks local.
/// </summary>
internal sealed class GuestEndpoint(ServerOptions options, GuestTokens tokens, OriginPolicy origins)
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    public Results<JsonHttpResult<Guest>, StatusCodeHttpResult> Handle(HttpContext context)
    {
        HttpRequest request = context.Request;
        string? origin = request.Headers.Origin.Count == 0 ? null : request.Headers.Origin.ToString();
        bool local = options.LoopbackOnly
            && context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && OriginPolicy.IsLoopback(request.Host.Host)
            && !ProxyHeaders.Any(request.Headers.ContainsKey)
            && origins.Allows(origin, request.Scheme, request.Host.Value ?? string.Empty);
        context.Response.Headers.CacheControl = "no-store";
        return local
            ? TypedResults.Json(new Guest(LoginJudge.GuestName, tokens.Issue()), ServerJson.Default.Guest)
            : TypedResults.StatusCode(StatusCodes.Status403Forbidden);
    }
}

/// <summary>What a guest registers with.</summary>
internal sealed record Guest(string Username, string Password);

/// <summary>The server's own JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Guest))]
internal sealed partial class ServerJson : JsonSerializerContext;
