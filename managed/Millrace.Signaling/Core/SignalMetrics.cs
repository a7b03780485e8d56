using System.Diagnostics.Metrics;

namespace Millrace.Signaling.Core;

/// <summary>
/// What signaling counts, for whoever listens to the meter <see cref="MeterName"/>. Every label has a closed set of values: nothing
/// that a client says becomes one.
/// </summary>
public static class SignalMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Millrace.Signaling";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Connections that are open.</summary>
    internal static UpDownCounter<int> Connections { get; } =
        Meter.CreateUpDownCounter<int>("millrace.signal.connections", "{connection}", "Signaling connections that are open.");

    /// <summary>Connections that were accepted so far.</summary>
    internal static Counter<long> Accepted { get; } =
        Meter.CreateCounter<long>("millrace.signal.accepted", "{connection}", "Signaling connections that were accepted.");

    /// <summary>Messages, by direction.</summary>
    internal static Counter<long> Messages { get; } =
        Meter.CreateCounter<long>("millrace.signal.messages", "{message}", "Messages of signaling, by direction: received, sent.");

    /// <summary>Connections that the server ended, by why.</summary>
    internal static Counter<long> Closed { get; } = Meter.CreateCounter<long>(
        "millrace.signal.closed",
        "{connection}",
        "Connections that the server ended, by WebSocket status: 1000 normal, 1001 the server stops, 1003 binary, 1008 rules broken, 1009 too long, 1011 our defect, 1013 too slow.");

    /// <summary>Requests that were refused, by the protocol and its code.</summary>
    internal static Counter<long> Refusals { get; } = Meter.CreateCounter<long>(
        "millrace.signal.refusals", "{request}", "Requests that were refused, by protocol and the code that the client was told.");

    /// <summary>How long requests took.</summary>
    internal static Histogram<double> Duration { get; } = Meter.CreateHistogram<double>(
        "millrace.signal.duration", "s", "From a request to its answer, waiting for the room's turn and the worker included, by protocol.");

    internal static KeyValuePair<string, object?> Received { get; } = new("direction", "received");

    internal static KeyValuePair<string, object?> Sent { get; } = new("direction", "sent");

    /// <summary>Names a protocol.</summary>
    internal static KeyValuePair<string, object?> Of(string protocol) => new("protocol", protocol);
}
