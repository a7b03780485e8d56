namespace Millrace.Controller;

/// <summary>A router, transport, producer, consumer or observer was used after it had closed.</summary>
public sealed class ObjectClosedException(string noun, string id, CloseReason reason)
    : InvalidOperationException($"The {noun} {id} has closed ({reason}).")
{
    /// <summary>Why it had closed.</summary>
    public CloseReason Reason { get; } = reason;
}
