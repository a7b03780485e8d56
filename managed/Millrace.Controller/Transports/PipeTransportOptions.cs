namespace Millrace.Controller;

/// <summary>How a pipe transport is made.</summary>
public sealed record PipeTransportOptions
{
    /// <summary>Where it listens; UDP.</summary>
    public required ListenInfo ListenInfo { get; init; }

    /// <summary>Whether lost packets are sent again (RFC 4588); both ends must agree.</summary>
    public bool EnableRtx { get; init; }

    /// <summary>Whether packets are encrypted; both ends must agree.</summary>
    public bool EnableSrtp { get; init; }

    /// <summary>Whether messages can pass.</summary>
    public bool EnableSctp { get; init; }

    /// <summary>How much SCTP may carry and hold.</summary>
    public SctpOptions Sctp { get; init; } = new();

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }
}
