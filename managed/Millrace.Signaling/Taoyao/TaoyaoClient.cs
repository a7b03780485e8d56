using System.Globalization;
using System.Text.Json;
using Millrace.Signaling.Core;
using Millrace.Signaling.Taoyao.Messages;

namespace Millrace.Signaling.Taoyao;

/// <summary>A registered client and its last known state.</summary>
/// <remarks>The state is replaced as a whole, so whoever reads it sees one report and not parts of two.</remarks>
internal sealed class TaoyaoClient
{
    private const int LongestMap = 64;
    // Characters of all names and values of one map: what a client says of itself is sent to many.
    private const int LargestMap = 16 * 1024;

    private volatile ClientStatus _status;

    public TaoyaoClient(TaoyaoSession? session, Principal principal, ClientType type, ClientStatus status)
    {
        Session = session;
        Principal = principal;
        Type = type;
        _status = status;
    }

    /// <summary>Its connection; null for the built-in media service, which has none.</summary>
    public TaoyaoSession? Session { get; }

    /// <summary>Who logged in.</summary>
    public Principal Principal { get; }

    public ClientType Type { get; }

    public string ClientId => _status.ClientId;

    public ClientStatus Status => _status;

    /// <summary>Takes over what a client says of itself. The time of its last sign of life is the server's.</summary>
    public void Report(ClientReport report, DateTimeOffset now) => _status = Merge(_status, report, now);

    /// <summary>The state of a client that registers.</summary>
    public static ClientStatus First(RegisterClient request, ClientType type, string ip, DateTimeOffset now) => Merge(
        new ClientStatus
        {
            Ip = ip,
            Name = request.Name,
            ClientId = request.ClientId,
            ClientType = type.ToString().ToUpperInvariant(),
            Status = new Dictionary<string, JsonElement>(),
            Config = new Dictionary<string, JsonElement>(),
        },
        request,
        now);

    private static ClientStatus Merge(ClientStatus status, ClientReport report, DateTimeOffset now) => status with
    {
        Latitude = report.Latitude ?? status.Latitude,
        Longitude = report.Longitude ?? status.Longitude,
        Humidity = report.Humidity ?? status.Humidity,
        Temperature = report.Temperature ?? status.Temperature,
        Signal = Percent(report.Signal) ?? status.Signal,
        Battery = Percent(report.Battery) ?? status.Battery,
        Alarming = report.Alarming ?? status.Alarming,
        Charging = report.Charging ?? status.Charging,
        ClientRecording = report.ClientRecording ?? status.ClientRecording,
        LastHeartbeat = now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        Status = Merge(status.Status, report.Status),
        Config = Merge(status.Config, report.Config),
    };

    private static int? Percent(double? value) => value is { } number ? (int)Math.Clamp(Math.Round(number), 0, 100) : null;

    private static IReadOnlyDictionary<string, JsonElement> Merge(
        IReadOnlyDictionary<string, JsonElement> known, Dictionary<string, JsonElement>? news)
    {
        if (news is null || news.Count == 0)
        {
            return known;
        }
        Dictionary<string, JsonElement> merged = new(known);
        foreach ((string name, JsonElement value) in news)
        {
            merged[name] = value.Clone();
        }
        return merged.Count <= LongestMap && merged.Sum(member => member.Key.Length + member.Value.GetRawText().Length) <= LargestMap
            ? merged
            : throw new TaoyaoException(TaoyaoCode.Malformed, "状态太多");
    }
}
