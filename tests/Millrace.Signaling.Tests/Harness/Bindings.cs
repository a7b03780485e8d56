using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Millrace.Signaling.Tests.Harness;

/// <summary>
/// What the names of a transcript stand for, and the comparison that gives them their meaning: <c>"$name"</c> is whatever came
/// first and the same from then on, <c>"*"</c> is anything, and a member <c>"..."</c> allows members that are not named (its
/// value, when it is a name, then stands for the whole object).
/// </summary>
internal sealed partial class Bindings
{
    private const string Rest = "...";

    private readonly Dictionary<string, JsonNode?> _values = [];

    /// <summary>A text to send, with the names in it replaced.</summary>
    public string Fill(string text) => QuotedName().Replace(text, name => Value(name.Groups[1].Value));

    /// <summary>The JSON that a name stands for.</summary>
    public string Value(string name) => _values.TryGetValue(name, out JsonNode? value)
        ? value?.ToJsonString(JsonText.Plain) ?? "null"
        : throw new AssertionException($"${name} stands for nothing yet");

    /// <summary>Compares; null when it fits, else where and why it does not.</summary>
    public string? Compare(JsonNode? expected, JsonNode? actual, string path = "$") => expected switch
    {
        JsonObject e when actual is JsonObject a => CompareObjects(e, a, path),
        JsonArray e when actual is JsonArray a => CompareArrays(e, a, path),
        JsonValue e when e.TryGetValue(out string? text) => CompareText(text, actual, path),
        _ => JsonNode.DeepEquals(expected, actual) ? null : Difference(path, expected, actual),
    };

    private string? CompareObjects(JsonObject expected, JsonObject actual, string path)
    {
        foreach ((string name, JsonNode? value) in expected.Where(m => m.Key != Rest))
        {
            if (!actual.TryGetPropertyValue(name, out JsonNode? given))
            {
                return $"{path}.{name} is absent";
            }
            if (Compare(value, given, $"{path}.{name}") is { } difference)
            {
                return difference;
            }
        }
        if (expected.TryGetPropertyValue(Rest, out JsonNode? rest))
        {
            return CompareText((string)rest!, actual, path);
        }
        string[] surplus = [.. actual.Select(m => m.Key).Where(name => !expected.ContainsKey(name))];
        return surplus.Length == 0 ? null : $"{path} has also {string.Join(", ", surplus)}";
    }

    private string? CompareArrays(JsonArray expected, JsonArray actual, string path)
    {
        for (int i = 0; i < Math.Min(expected.Count, actual.Count); ++i)
        {
            if (expected[i] is JsonValue value && value.TryGetValue(out string? text) && text == Rest)
            {
                return null;
            }
            if (Compare(expected[i], actual[i], $"{path}[{i}]") is { } difference)
            {
                return difference;
            }
        }
        return expected.Count == actual.Count ? null : $"{path} has {actual.Count} elements instead of {expected.Count}";
    }

    private string? CompareText(string expected, JsonNode? actual, string path)
    {
        if (expected == "*")
        {
            return null;
        }
        if (WholeName().Match(expected) is { Success: true } whole && !_values.ContainsKey(whole.Groups[1].Value))
        {
            _values[whole.Groups[1].Value] = actual?.DeepClone();
            return null;
        }
        JsonNode? meant = WholeName().IsMatch(expected)
            ? _values[expected[1..]]
            : JsonValue.Create(Name().Replace(expected, name => TextOf(name)));
        return JsonNode.DeepEquals(meant, actual) ? null : Difference(path, meant, actual);
    }

    // A name within a text; one that stands for nothing is itself.
    private string TextOf(Match name) => _values.TryGetValue(name.Groups[1].Value, out JsonNode? value) && value is JsonValue text
        ? text.ToString()
        : name.Value;

    private static string Difference(string path, JsonNode? expected, JsonNode? actual) =>
        $"{path} is {actual?.ToJsonString(JsonText.Plain) ?? "null"} instead of {expected?.ToJsonString(JsonText.Plain) ?? "null"}";

    [GeneratedRegex("\"\\$([a-zA-Z0-9]+)\"")]
    private static partial Regex QuotedName();

    [GeneratedRegex(@"^\$([a-zA-Z0-9]+)$")]
    private static partial Regex WholeName();

    [GeneratedRegex(@"\$([a-zA-Z0-9]+)")]
    private static partial Regex Name();
}
