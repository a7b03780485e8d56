using Microsoft.Net.Http.Headers;

namespace Millrace.Server.Metrics;

/// <summary>The metrics at <c>/metrics</c> of their own listener, for whoever has the token.</summary>
internal sealed class MetricsEndpoint(MetricRegister register, MetricsToken token)
{
    public const string Path = "/metrics";

    public async Task HandleAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (context.Request.Path != Path)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.Headers.Allow = "GET, HEAD";
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        if (!token.Opens(context.Request.Headers[HeaderNames.Authorization]))
        {
            response.Headers.WWWAuthenticate = "Bearer";
            response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        response.ContentType = OpenMetricsText.ContentType;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.WriteAsync(OpenMetricsText.Write(register.Collect()), context.RequestAborted);
        }
    }
}
