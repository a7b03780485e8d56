namespace Millrace.Controller;

/// <summary>What a WebRTC transport holds.</summary>
public sealed record WebRtcTransportDump : TransportDump
{
    /// <summary>Its ICE role.</summary>
    public required IceRole IceRole { get; init; }

    /// <summary>Its credentials.</summary>
    public required IceParameters IceParameters { get; init; }

    /// <summary>Its addresses.</summary>
    public required IReadOnlyList<IceCandidate> IceCandidates { get; init; }

    /// <summary>How far ICE has come.</summary>
    public required IceState IceState { get; init; }

    /// <summary>The path in use.</summary>
    public TransportTuple? IceSelectedTuple { get; init; }

    /// <summary>Its certificate and role.</summary>
    public required DtlsParameters DtlsParameters { get; init; }

    /// <summary>How far DTLS has come.</summary>
    public required DtlsState DtlsState { get; init; }
}
