using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Millrace.Signaling.Taoyao;

/// <summary>
/// One message of a client. The protocol's page, section 2:
/// <c>{"header":{"v":"1.0.0","id":2011444710003008,"signal":"room::enter"},"body":{…}}</c>
/// </summary>
internal readonly record struct TaoyaoEnvelope(string Version, long Id, string Signal, JsonElement Body)
{
    /// <summary>The protocol's version; never compared.</summary>
    public const string CurrentVersion = "1.0.0";

    /// <summary>The deepest nesting of a message.</summary>
    public const int MaxDepth = 16;

    // Ids are numbers of JavaScript.
    private const long LargestId = 1L << 53;
    private const int LongestSignal = 128;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonElement EmptyBody = JsonDocument.Parse("{}").RootElement;
    // Texts are Chinese, and go to browsers inside of JSON, never inside of HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The text, in UTF-8.</param>
    /// <param name="id">The id as far as it could be read, so that even a refusal can carry it.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="TaoyaoException">It is no envelope.</exception>
    public static TaoyaoEnvelope Read(ReadOnlyMemory<byte> bytes, out long? id)
    {
        id = null;
        if (HasBrokenText(bytes.Span))
        {
            throw new TaoyaoException(TaoyaoCode.Malformed);
        }
        using JsonDocument document = JsonDocument.Parse(bytes, Strict);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("header", out JsonElement header)
            || header.ValueKind != JsonValueKind.Object)
        {
            throw new TaoyaoException(TaoyaoCode.Malformed);
        }
        id = ReadId(header);
        if (id is null
            || !header.TryGetProperty("v", out JsonElement version) || version.ValueKind != JsonValueKind.String
            || !header.TryGetProperty("signal", out JsonElement signal) || signal.ValueKind != JsonValueKind.String)
        {
            throw new TaoyaoException(TaoyaoCode.Malformed);
        }
        string name = signal.GetString()!;
        if (name.Length > LongestSignal)
        {
            throw new TaoyaoException(TaoyaoCode.Malformed);
        }
        JsonElement body = document.RootElement.TryGetProperty("body", out JsonElement given)
            && given.ValueKind is not JsonValueKind.Null ? given.Clone() : EmptyBody;
        return new TaoyaoEnvelope(version.GetString()!, id.Value, name, body);
    }

    /// <summary>Writes a message of the server.</summary>
    /// <param name="code">The state.</param>
    /// <param name="text">The text of the state; null means the code's own.</param>
    /// <param name="version">The version that the answered message had.</param>
    /// <param name="id">The id: the request's own for an answer, a new one for a push.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="body">The body; null leaves it out.</param>
    /// <param name="shape">The body's shape.</param>
    public static ReadOnlyMemory<byte> Write(
        TaoyaoCode code, string? text, string version, long id, string signal, object? body, JsonTypeInfo? shape)
    {
        ArrayBufferWriter<byte> bytes = new(512);
        using Utf8JsonWriter writer = new(bytes, Plain);
        writer.WriteStartObject();
        writer.WriteString("code"u8, code.Code);
        writer.WriteString("message"u8, text ?? code.Text);
        writer.WriteStartObject("header"u8);
        writer.WriteString("v"u8, version);
        writer.WriteNumber("id"u8, id);
        writer.WriteString("signal"u8, signal);
        writer.WriteEndObject();
        if (body is not null && shape is not null)
        {
            writer.WritePropertyName("body"u8);
            JsonSerializer.Serialize(writer, body, shape);
        }
        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenMemory;
    }

    // Half of a surrogate pair is no text, and could be passed on to nobody; neither could U+0000 (RFC 8259 8.2: "the behavior
    // of software that receives JSON texts containing such values is unpredictable").
    private static bool HasBrokenText(ReadOnlySpan<byte> json)
    {
        bool high = false;
        for (int i = 0; i < json.Length; ++i)
        {
            bool low = false;
            bool nextHigh = false;
            if (json[i] == '\\')
            {
                if (i + 5 < json.Length && json[i + 1] == 'u'
                    && ushort.TryParse(json.Slice(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
                {
                    if (unit == 0)
                    {
                        return true;
                    }
                    low = char.IsLowSurrogate((char)unit);
                    nextHigh = char.IsHighSurrogate((char)unit);
                    i += 5;
                }
                else
                {
                    ++i;
                }
            }
            if (low != high)
            {
                return true;
            }
            high = nextHigh;
        }
        return high;
    }

    // A number, or a number in quotation marks.
    private static long? ReadId(JsonElement header)
    {
        if (!header.TryGetProperty("id", out JsonElement element))
        {
            return null;
        }
        bool read = element.ValueKind switch
        {
            JsonValueKind.Number => element.TryGetInt64(out _),
            JsonValueKind.String => long.TryParse(element.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            _ => false,
        };
        if (!read)
        {
            return null;
        }
        long id = element.ValueKind == JsonValueKind.Number
            ? element.GetInt64()
            : long.Parse(element.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return id is >= -LargestId and <= LargestId ? id : null;
    }
}
