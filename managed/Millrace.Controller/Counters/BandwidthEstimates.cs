namespace Millrace.Controller;

/// <summary>
/// The bandwidth estimates of one moment. A transport has one when it sends video to somebody who negotiated feedback.
/// </summary>
public sealed record BandwidthEstimates
{
    /// <summary>Transports whose packets take as long as ever.</summary>
    public ulong Normal { get; init; }

    /// <summary>Transports whose packets take longer and longer: a queue fills.</summary>
    public ulong Overuse { get; init; }

    /// <summary>Transports whose packets take less and less long: a queue drains.</summary>
    public ulong Underuse { get; init; }

    /// <summary>Of all these, the transports whose consumers want more than the estimate allows.</summary>
    public ulong Limited { get; init; }

    /// <summary>All estimates together, in bits a second.</summary>
    public ulong EstimatedBitrate { get; init; }

    /// <summary>What all their consumers want together, in bits a second.</summary>
    public ulong WantedBitrate { get; init; }

    /// <summary>Packets that wait for their time.</summary>
    public ulong PacketsPaced { get; init; }
}
