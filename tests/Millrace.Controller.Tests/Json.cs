using System.Text.Json;
using System.Text.Json.Serialization;
using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests;

/// <summary>The records as the JSON of mediasoup-client, as a host would set it up.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(ParameterValueConverter), typeof(CamelCaseEnum<MediaKind>), typeof(CamelCaseEnum<RtpDirection>)])]
[JsonSerializable(typeof(RtpCapabilities))]
[JsonSerializable(typeof(RtpParameters))]
internal sealed partial class Json : JsonSerializerContext;

internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;

internal sealed class ParameterValueConverter : JsonConverter<RtpParameterValue>
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
