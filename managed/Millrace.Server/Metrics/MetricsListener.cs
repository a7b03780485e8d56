using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Millrace.Server.Metrics;

/// <summary>
/// Marks the connections of the listener for metrics, and keeps the two worlds apart: there nothing but the metrics is served,
/// and everywhere else there are none.
/// </summary>
internal static class MetricsListener
{
    public static void Mark(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(new Connection());
        return next(connection);
    });

    public static bool Serves(HttpContext context) => context.Features.Get<Connection>() is not null;

    private sealed class Connection;
}
