using System.Text.Json.Serialization;
using Millrace.Controller;
using Millrace.Controller.Rtp;
using Millrace.Signaling.Taoyao.Messages;

namespace Millrace.Signaling.Taoyao;

/// <summary>The shapes of all bodies. Null members are absent on the wire; duplicate members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    MaxDepth = TaoyaoEnvelope.MaxDepth,
    Converters =
    [
        typeof(LowerCaseEnumConverter<MediaKind>),
        typeof(LowerCaseEnumConverter<RtpType>),
        typeof(LowerCaseEnumConverter<RtpDirection>),
        typeof(LowerCaseEnumConverter<DtlsRole>),
        typeof(LowerCaseEnumConverter<TransportProtocol>),
        typeof(RtpParameterValueConverter),
        typeof(FiniteNumberConverter),
    ])]
[JsonSerializable(typeof(Empty))]
[JsonSerializable(typeof(RegisterClient))]
[JsonSerializable(typeof(ClientReport))]
[JsonSerializable(typeof(ClientStatus))]
[JsonSerializable(typeof(IReadOnlyList<ClientStatus>), TypeInfoPropertyName = "ClientStatusList")]
[JsonSerializable(typeof(ClientIndex))]
[JsonSerializable(typeof(ClientConfig))]
[JsonSerializable(typeof(ListClients))]
[JsonSerializable(typeof(GetClientStatus))]
[JsonSerializable(typeof(ClientRef))]
[JsonSerializable(typeof(CreateRoom))]
[JsonSerializable(typeof(EnterRoom))]
[JsonSerializable(typeof(RoomRef))]
[JsonSerializable(typeof(ListClientIds))]
[JsonSerializable(typeof(RoomStatus))]
[JsonSerializable(typeof(IReadOnlyList<RoomStatus>), TypeInfoPropertyName = "RoomStatusList")]
[JsonSerializable(typeof(ClientEntered))]
[JsonSerializable(typeof(RoomClientRef))]
[JsonSerializable(typeof(RoomClients))]
[JsonSerializable(typeof(RoomClientIds))]
[JsonSerializable(typeof(RoomRebuilt))]
[JsonSerializable(typeof(RouterCapabilities))]
[JsonSerializable(typeof(CreateWebRtcTransport))]
[JsonSerializable(typeof(WebRtcTransportCreated))]
[JsonSerializable(typeof(ConnectWebRtcTransport))]
[JsonSerializable(typeof(TransportRef))]
[JsonSerializable(typeof(IceRestarted))]
[JsonSerializable(typeof(Produce))]
[JsonSerializable(typeof(Produced))]
[JsonSerializable(typeof(ProducerRef))]
[JsonSerializable(typeof(ProducerChanged))]
[JsonSerializable(typeof(ConsumerRef))]
[JsonSerializable(typeof(Consume))]
[JsonSerializable(typeof(Volumes))]
[JsonSerializable(typeof(ProducerScored))]
[JsonSerializable(typeof(ConsumerScored))]
[JsonSerializable(typeof(LayersChanged))]
[JsonSerializable(typeof(OrientationChanged))]
internal sealed partial class TaoyaoJson : JsonSerializerContext;
