namespace Millrace.Controller;

/// <summary>Where the other end of a pipe is.</summary>
public sealed record PipeTransportConnectOptions
{
    /// <summary>Its address.</summary>
    public required string Ip { get; init; }

    /// <summary>Its port.</summary>
    public required int Port { get; init; }

    /// <summary>The key with which it encrypts; required with SRTP.</summary>
    public SrtpParameters? SrtpParameters { get; init; }
}
