using Millrace.Controller;
using Millrace.Rooms;
using Millrace.Server.Options;
using Millrace.Signaling.Core;

namespace Millrace.Server.Metrics;

/// <summary>Everything that is measured while the server runs, where there is a token for it.</summary>
internal sealed class ServerMetrics : IAsyncDisposable
{
    // Our own, and what the runtime tells of itself: processor, memory, collections, threads, exceptions.
    private static readonly HashSet<string> Meters =
        [WorkerMeter.MeterName, RoomMetrics.MeterName, SignalMetrics.MeterName, "System.Runtime"];

    private readonly MetricRegister _register = new(Meters);
    private WorkerMeter? _workers;

    private ServerMetrics(MetricsToken token) => Endpoint = new MetricsEndpoint(_register, token);

    /// <summary>Shows them.</summary>
    public MetricsEndpoint Endpoint { get; }

    /// <summary>Begins to listen; null where nobody could ever see it. To be called before anything is counted.</summary>
    /// <exception cref="OptionsException">The token cannot be used.</exception>
    public static ServerMetrics? Create(ServerOptions options) =>
        MetricsToken.Load(options) is { } token ? new ServerMetrics(token) : null;

    /// <summary>Begins to ask the workers what they count.</summary>
    public void Watch(MediaPool pool, ServerOptions options, TimeProvider time) => _workers = pool.Measure(options.MetricsInterval, time);

    public async ValueTask DisposeAsync()
    {
        if (_workers is not null)
        {
            await _workers.DisposeAsync();
        }
        _register.Dispose();
    }
}
