namespace Millrace.Controller;

/// <summary>How a direct transport is made.</summary>
public sealed record DirectTransportOptions
{
    /// <summary>The largest message either way, in bytes.</summary>
    public int MaxMessageSize { get; init; } = 262_144;

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }
}
