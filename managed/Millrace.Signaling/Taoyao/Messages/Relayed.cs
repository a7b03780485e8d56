using System.Text.Json.Serialization;

namespace Millrace.Signaling.Taoyao.Messages;

/// <summary>A request whose own id goes on to others.</summary>
internal abstract record Relayed
{
    /// <summary>The id of the message that the request came in.</summary>
    [JsonIgnore]
    public long MessageId { get; set; }
}
