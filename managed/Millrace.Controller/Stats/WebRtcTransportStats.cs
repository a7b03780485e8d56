namespace Millrace.Controller;

/// <summary>What a WebRTC transport has counted.</summary>
public sealed record WebRtcTransportStats : TransportStats
{
    /// <inheritdoc/>
    public override string Type => "webrtc-transport";

    /// <summary>Its ICE role.</summary>
    public required IceRole IceRole { get; init; }

    /// <summary>How far ICE has come.</summary>
    public required IceState IceState { get; init; }

    /// <summary>The path in use.</summary>
    public TransportTuple? IceSelectedTuple { get; init; }

    /// <summary>How far DTLS has come.</summary>
    public required DtlsState DtlsState { get; init; }
}
