using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Millrace.Controller.Tests.Transcripts;

/// <summary>
/// Compares frames with recorded ones, field by field. Names that a controller draws (ids, SSRCs) are others each time: the
/// first meeting of a recorded name binds it to ours, and from then on both must be used for the same thing.
/// </summary>
internal sealed partial class Comparison
{
    // The recorder numbers the SSRCs that were drawn from here.
    private const uint FirstDrawnSsrc = 100_000_000;
    private const uint LastDrawnSsrc = 100_001_000;

    private readonly Dictionary<string, string> _ids = [];
    private readonly Dictionary<uint, uint> _ssrcs = [];
    private readonly List<string> _differences = [];

    /// <summary>Where frames differed, with both values.</summary>
    public IReadOnlyList<string> Differences => _differences;

    public void Report(string difference) => _differences.Add(difference);

    /// <summary>Compares one of our frames with the recorded one.</summary>
    public void Compare(string path, JsonNode? recorded, JsonNode? ours)
    {
        switch (recorded, ours)
        {
            case (JsonObject a, JsonObject b):
                foreach (string name in a.Select(field => field.Key).Union(b.Select(field => field.Key)).Where(name => Matters(path, name, a)))
                {
                    Compare($"{path}.{name}", a[name], b[name]);
                }
                break;
            case (JsonArray a, JsonArray b) when path.EndsWith(".header_extensions", StringComparison.Ordinal) && Undescribed(a).Count < a.Count && Undescribed(b).Count == b.Count:
                Compare(path, Undescribed(a), b);
                break;
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                for (int i = 0; i < a.Count; ++i)
                {
                    Compare($"{path}[{i}]", a[i], b[i]);
                }
                break;
            case (JsonValue a, JsonValue b) when IsSame(path, a, b):
            case (JsonValue empty, null) when SaysNothing(path, empty):
                break;
            default:
                _differences.Add($"{path}: {recorded?.ToJsonString() ?? "nothing"} was recorded, ours is {ours?.ToJsonString() ?? "nothing"}");
                break;
        }
    }

    /// <summary>A recorded frame in our names.</summary>
    public JsonNode? Translate(string field, JsonNode? recorded) => recorded switch
    {
        JsonObject table => new JsonObject(table.Select(entry => KeyValuePair.Create(entry.Key, Translate(entry.Key, entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(item => Translate(field, item))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String && _ids.TryGetValue((string)value!, out string? id) =>
            JsonValue.Create(id),
        JsonValue value when IsDrawn(field, value) && _ssrcs.TryGetValue((uint)value, out uint ssrc) => JsonValue.Create(ssrc),
        null => null,
        _ => recorded.DeepClone(),
    };

    // Without SCTP or SRTP nothing reads how it would be set up; the other controller always says it.
    private static bool Matters(string path, string name, JsonObject recorded) => path[(path.LastIndexOf('.') + 1)..] switch
    {
        "base" => (bool?)recorded["enable_sctp"] == true || !SctpOption().IsMatch(name),
        "options" => (bool?)recorded["enable_srtp"] == true || name != "srtp_crypto_suite",
        _ => true,
    };

    // The other controller offers dependency descriptors of all media, ours of media whose sender writes them.
    private static JsonArray Undescribed(JsonArray extensions) =>
        [.. extensions.Where(extension => (string?)extension!["uri"] != "DependencyDescriptor").Select(extension => extension!.DeepClone())];

    // Feedback without a parameter and codecs without channels: the other controller writes an empty text and a zero.
    private static bool SaysNothing(string path, JsonValue recorded) => path[(path.LastIndexOf('.') + 1)..] switch
    {
        "parameter" => recorded.ToJsonString() == "\"\"",
        "channels" => recorded.ToJsonString() == "0",
        _ => false,
    };

    private bool IsSame(string path, JsonValue recorded, JsonValue ours)
    {
        if (recorded.GetValueKind() == JsonValueKind.String && ours.GetValueKind() == JsonValueKind.String && Id().IsMatch((string)recorded!))
        {
            return Bind(_ids, (string)recorded!, (string)ours!);
        }
        return IsDrawn(path, recorded) && ours.GetValueKind() == JsonValueKind.Number
            ? Bind(_ssrcs, (uint)recorded, (uint)ours)
            : recorded.ToJsonString() == ours.ToJsonString();
    }

    private static bool IsDrawn(string path, JsonValue value) =>
        (path.EndsWith("ssrc", StringComparison.Ordinal) || path.EndsWith("key", StringComparison.Ordinal))
        && value.GetValueKind() == JsonValueKind.Number
        && value.TryGetValue(out uint ssrc) && ssrc is >= FirstDrawnSsrc and < LastDrawnSsrc;

    private static bool Bind<T>(Dictionary<T, T> names, T recorded, T ours)
        where T : notnull =>
        names.TryGetValue(recorded, out T? bound) ? bound.Equals(ours) : !names.ContainsValue(ours) && names.TryAdd(recorded, ours);

    [GeneratedRegex("^(sctp_|max_(send|receive)_message_size$|is_data_channel$|num_sctp_streams$)")]
    private static partial Regex SctpOption();

    [GeneratedRegex("^id[0-9]+$")]
    private static partial Regex Id();
}
