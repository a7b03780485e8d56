using System.Text.Json;
using System.Text.Json.Serialization;
using Millrace.Controller.Rtp;

namespace Millrace.Signaling.Taoyao;

/// <summary>Codec parameters are text, numbers or booleans, and stay what they are.</summary>
internal sealed class RtpParameterValueConverter : JsonConverter<RtpParameterValue>
{
    /// <inheritdoc/>
    public override RtpParameterValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => RtpParameterValue.FromString(reader.GetString()!),
            JsonTokenType.True => RtpParameterValue.FromBoolean(true),
            JsonTokenType.False => RtpParameterValue.FromBoolean(false),
            JsonTokenType.Number when reader.TryGetInt32(out int number) => RtpParameterValue.FromInt32(number),
            JsonTokenType.Number when reader.TryGetDouble(out double number) && double.IsFinite(number) =>
                RtpParameterValue.FromDouble(number),
            _ => throw new JsonException("A codec parameter is text, a number or a boolean."),
        };

    /// <inheritdoc/>
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
            case RtpParameterKind.Integer:
                writer.WriteNumberValue((int)value.Number);
                break;
            default:
                writer.WriteNumberValue(value.Number);
                break;
        }
    }
}
