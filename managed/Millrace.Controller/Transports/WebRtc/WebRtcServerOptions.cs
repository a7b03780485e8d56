namespace Millrace.Controller;

/// <summary>How a WebRTC server is made.</summary>
public sealed record WebRtcServerOptions
{
    /// <summary>The sockets its transports share; at least one.</summary>
    public required IReadOnlyList<ListenInfo> ListenInfos { get; init; }

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }
}
