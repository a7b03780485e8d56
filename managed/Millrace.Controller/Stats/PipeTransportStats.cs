namespace Millrace.Controller;

/// <summary>What a pipe transport has counted.</summary>
public sealed record PipeTransportStats : TransportStats
{
    /// <inheritdoc/>
    public override string Type => "pipe-transport";

    /// <summary>Both ends.</summary>
    public required TransportTuple Tuple { get; init; }
}
