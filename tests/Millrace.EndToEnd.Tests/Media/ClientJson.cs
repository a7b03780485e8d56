using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Millrace.Controller.Rtp;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>The controller's records as the JSON that mediasoup-client reads and writes.</summary>
internal static class ClientJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(
            FiguresJson.Default, ChannelJson.Default, new DefaultJsonTypeInfoResolver()),
        Converters = { new ParameterValueConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Write(object value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)!;

    public static T Read<T>(JsonElement json) => json.Deserialize<T>(Options)!;

    private sealed class ParameterValueConverter : JsonConverter<RtpParameterValue>
    {
        public override RtpParameterValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString()!,
                JsonTokenType.Number => reader.TryGetInt32(out int number) ? (RtpParameterValue)number : reader.GetDouble(),
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                _ => throw new JsonException(),
            };

        public override void Write(Utf8JsonWriter writer, RtpParameterValue value, JsonSerializerOptions options)
        {
            switch (value.Kind)
            {
                case RtpParameterKind.Text:
                    writer.WriteStringValue(value.Text);
                    break;
                case RtpParameterKind.Boolean:
                    writer.WriteBooleanValue(value.IsTrue);
                    break;
                default:
                    writer.WriteNumberValue(value.Number);
                    break;
            }
        }
    }
}
