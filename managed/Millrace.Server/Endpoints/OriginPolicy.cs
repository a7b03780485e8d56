using System.Net;
using Millrace.Server.Options;

namespace Millrace.Server.Endpoints;

/// <summary>
/// Which pages may open a WebSocket here. Browsers send a page's origin and do not let it lie; programs need not send one and
/// prove themselves by logging in.
/// </summary>
internal sealed class OriginPolicy(ServerOptions options)
{
    /// <summary>Whether a request with these headers may go on.</summary>
    /// <param name="origin">The Origin header; null when there is none.</param>
    /// <param name="scheme">The scheme of the request.</param>
    /// <param name="host">The Host header.</param>
    public bool Allows(string? origin, string scheme, string host)
    {
        if (origin is null)
        {
            return true;
        }
        if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) || page.Scheme is not ("http" or "https"))
        {
            return false;
        }
        // A name that somebody else lets point to this machine is not the server's own (DNS rebinding).
        bool own = string.Equals(origin, $"{scheme}://{host}", StringComparison.OrdinalIgnoreCase)
            && (!options.LoopbackOnly || IsLoopback(page.Host));
        bool local = options.LoopbackOnly && IsLoopback(page.Host);
        return own || local || options.Origins.Any(pattern => Matches(page, pattern));
    }

    /// <summary>Whether a host name means this machine.</summary>
    public static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));

    // "https://*.example.org" is every name below example.org, and not example.org itself or notexample.org.
    private static bool Matches(Uri page, string pattern)
    {
        string origin = page.GetLeftPart(UriPartial.Authority);
        int star = pattern.IndexOf("://*.", StringComparison.Ordinal);
        if (star < 0)
        {
            return string.Equals(origin, pattern.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);
        }
        string scheme = pattern[..star];
        string suffix = pattern[(star + 4)..].TrimEnd('/');
        return page.Scheme == scheme && page.Authority.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && page.Authority.Length > suffix.Length;
    }
}
