namespace Millrace.Server.Endpoints;

/// <summary>Headers that keep the pages to themselves.</summary>
internal static class SecurityHeaders
{
    // The page's own scripts and styles, its WebSocket, and pictures in data URLs; nothing from elsewhere.
    private const string ContentPolicy =
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src 'self' blob:; "
        + "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(self), microphone=(self), display-capture=(self)";
        return next(context);
    }
}
