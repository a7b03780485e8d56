namespace Millrace.Controller;

/// <summary>What is piped into another router, and over what; one of the two producers is set.</summary>
/// <remarks>
/// Two routers share one pair of pipe transports, whichever of them pipes into the other. The first call makes it:
/// <see cref="ListenInfo"/> and the three that follow it count only there.
/// </remarks>
public sealed record PipeToRouterOptions
{
    /// <summary>The media to pipe; it belongs to the router that pipes.</summary>
    public Producer? Producer { get; init; }

    /// <summary>The messages to pipe; they belong to the router that pipes.</summary>
    public DataProducer? DataProducer { get; init; }

    /// <summary>The router to pipe into: of this worker or of another.</summary>
    public required Router Router { get; init; }

    /// <summary>
    /// Whether what appears in the other router has the same id. Ids are unique in a worker, so that it must be false
    /// where both routers have one worker, and can be true for one router of any other.
    /// </summary>
    public bool KeepId { get; init; }

    /// <summary>Where both ends listen; UDP. An announced address is what the other end sends to.</summary>
    public ListenInfo ListenInfo { get; init; } = new() { Ip = "127.0.0.1" };

    /// <summary>Whether lost packets are sent again.</summary>
    public bool EnableRtx { get; init; }

    /// <summary>Whether packets are encrypted.</summary>
    public bool EnableSrtp { get; init; }

    /// <summary>Whether messages can pass.</summary>
    public bool EnableSctp { get; init; } = true;
}
