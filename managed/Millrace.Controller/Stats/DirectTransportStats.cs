namespace Millrace.Controller;

/// <summary>What a direct transport has counted.</summary>
public sealed record DirectTransportStats : TransportStats
{
    /// <inheritdoc/>
    public override string Type => "direct-transport";
}
