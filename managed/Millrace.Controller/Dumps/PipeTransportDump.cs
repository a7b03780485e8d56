namespace Millrace.Controller;

/// <summary>What a pipe transport holds.</summary>
public sealed record PipeTransportDump : TransportDump
{
    /// <summary>Both ends.</summary>
    public required TransportTuple Tuple { get; init; }

    /// <summary>Whether lost packets are sent again.</summary>
    public required bool Rtx { get; init; }

    /// <summary>The key with which it encrypts.</summary>
    public SrtpParameters? SrtpParameters { get; init; }
}
