using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Millrace.Signaling.Tests.Harness;

/// <summary>How tests print JSON: Chinese as it is.</summary>
internal static class JsonText
{
    public static JsonSerializerOptions Plain { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(),
    };
}
