using System.Text.Json;
using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.Signaling.Core;

namespace Millrace.Signaling.Taoyao.Messages;

/// <summary>Answer to <c>media::router::rtp::capabilities</c>.</summary>
internal sealed record RouterCapabilities(string RoomId, RtpCapabilities RtpCapabilities);

/// <summary>Body of <c>media::transport::webrtc::create</c>.</summary>
internal sealed record CreateWebRtcTransport(
    string RoomId, bool ForceTcp = false, bool Producing = false, bool Consuming = false) : IRoomRequest;

/// <summary>Answer to <c>media::transport::webrtc::create</c>.</summary>
internal sealed record WebRtcTransportCreated(
    string RoomId,
    string TransportId,
    IReadOnlyList<IceCandidate> IceCandidates,
    IceParameters IceParameters,
    DtlsParameters DtlsParameters);

/// <summary>Body of <c>media::transport::webrtc::connect</c>.</summary>
internal sealed record ConnectWebRtcTransport(string RoomId, string TransportId, DtlsParameters DtlsParameters) : IRoomRequest;

/// <summary>A transport of the sender, or the one that the server speaks of.</summary>
internal sealed record TransportRef(string RoomId, string TransportId) : IRoomRequest;

/// <summary>Answer to <c>media::ice::restart</c>.</summary>
internal sealed record IceRestarted(string RoomId, string TransportId, IceParameters IceParameters);

/// <summary>Body of <c>media::produce</c>.</summary>
internal sealed record Produce(
    string RoomId, string TransportId, string Kind, RtpParameters RtpParameters, JsonElement? AppData = null) : IRoomRequest;

/// <summary>Answer to <c>media::produce</c>.</summary>
internal sealed record Produced(string RoomId, string Kind, string StreamId, string ProducerId);

/// <summary>A producer; some clients write its id as <c>consumerId</c>, as the protocol's page does.</summary>
internal sealed record ProducerRef(string RoomId, string? ProducerId = null, string? ConsumerId = null) : IRoomRequest
{
    /// <summary>Whichever of the two is there.</summary>
    public string Target() => ProducerId ?? ConsumerId ?? throw new JsonException("producerId is missing.", "$.producerId", null, null);
}

/// <summary>A consumer of the sender, or the one that the server speaks of.</summary>
internal sealed record ConsumerRef(string RoomId, string ConsumerId) : IRoomRequest;

/// <summary>
/// Body of <c>media::consume</c>. From the server: a new consumer. From a client: that very message as the sign that it is
/// ready, or a room and a producer that it wants.
/// </summary>
internal sealed record Consume(
    string RoomId,
    string ProducerId,
    string? ClientId = null,
    string? SourceId = null,
    string? StreamId = null,
    string? ConsumerId = null,
    MediaKind? Kind = null,
    RtpType? Type = null,
    JsonElement? AppData = null,
    RtpParameters? RtpParameters = null,
    bool? ProducerPaused = null) : IRoomRequest;

/// <summary>Body of <c>media::producer::*</c> messages of the server.</summary>
internal sealed record ProducerChanged(string RoomId, string ProducerId);

/// <summary>Body of <c>media::audio::volume</c>; no volumes means silence.</summary>
internal sealed record Volumes(string RoomId, [property: System.Text.Json.Serialization.JsonPropertyName("volumes")] IReadOnlyList<ClientVolume>? Heard);

/// <summary>How loud a client is, -127 to 0.</summary>
internal sealed record ClientVolume(int Volume, string ClientId);

/// <summary>Body of <c>media::producer::score</c>.</summary>
internal sealed record ProducerScored(string RoomId, string ProducerId, IReadOnlyList<ProducerScore> Score);

/// <summary>Body of <c>media::consumer::score</c>.</summary>
internal sealed record ConsumerScored(string RoomId, string ConsumerId, ConsumerScore Score);

/// <summary>Body of <c>media::consumer::layers::change</c>; no layers means that none is sent.</summary>
internal sealed record LayersChanged(string RoomId, string ConsumerId, int? SpatialLayer, int? TemporalLayer);

/// <summary>Body of <c>media::video::orientation::change</c>.</summary>
internal sealed record OrientationChanged(string RoomId, string ProducerId, bool Camera, bool Flip, int Rotation);
