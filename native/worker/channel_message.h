#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/counters.h"
#include "base/drop_reason.h"
#include "base/result.h"
#include "routing/edge.h"
#include "routing/parameters.h"
#include "worker/census.h"
#include "worker/channel_data.h"

namespace millrace {

// The channel's messages as values: what a request asks and what it is answered. Bodies that
// routing knows are its own types; the others stand here.

// --- bodies of requests

struct UpdateSettings {
  std::optional<std::string> log_level;
  std::optional<std::vector<std::string>> log_tags;
};
struct CreateWebRtcServer {
  std::string id;
  std::vector<ListenInfo> listen_infos;
};
struct CloseWebRtcServer {
  std::string id;
};
struct CreateRouter {
  std::string id;
};
struct CloseRouter {
  std::string id;
};
struct CreateWebRtcTransport {
  std::string id;
  WebRtcTransportOptions options;
};
struct CreatePlainTransport {
  std::string id;
  PlainTransportOptions options;
};
struct CreatePipeTransport {
  std::string id;
  PipeTransportOptions options;
};
struct CreateDirectTransport {
  std::string id;
  DirectTransportOptions options;
};
struct CreateAudioLevelObserver {
  std::string id;
  AudioLevelObserverOptions options;
};
struct CreateActiveSpeakerObserver {
  std::string id;
  ActiveSpeakerObserverOptions options;
};
struct CloseTransport {
  std::string id;
};
struct CloseObserver {
  std::string id;
};
struct SetMaxIncomingBitrate {
  uint64_t bits_per_second = 0;
};
struct SetMaxOutgoingBitrate {
  uint64_t bits_per_second = 0;
};
struct SetMinOutgoingBitrate {
  uint64_t bits_per_second = 0;
};
struct EnableTransportTrace {
  std::vector<TransportTraceType> types;
};
struct EnableProducerTrace {
  std::vector<RtpTraceType> types;
};
struct EnableConsumerTrace {
  std::vector<RtpTraceType> types;
};
struct CloseProducer {
  std::string id;
};
struct CloseConsumer {
  std::string id;
};
struct SetPreferredLayers {
  ConsumerLayers layers;
};
struct SetPriority {
  uint8_t priority = 0;
};
struct ObserveProducer {
  std::string producer_id;
};
struct UnobserveProducer {
  std::string producer_id;
};

// The request has no body.
struct NoBody {};
// A body of a type that nothing here takes; nobody reads it.
struct UnreadBody {};

using RequestBody =
    std::variant<NoBody, UnreadBody, UpdateSettings, CreateWebRtcServer, CloseWebRtcServer,
                 CreateRouter, CloseRouter, CreateWebRtcTransport, CreatePlainTransport,
                 CreatePipeTransport, CreateDirectTransport, CreateAudioLevelObserver,
                 CreateActiveSpeakerObserver, CloseTransport, CloseObserver, SetMaxIncomingBitrate,
                 SetMaxOutgoingBitrate, SetMinOutgoingBitrate, ProduceOptions, ConsumeOptions,
                 EnableTransportTrace, EnableProducerTrace, EnableConsumerTrace, CloseProducer,
                 CloseConsumer, PlainConnectOptions, PipeConnectOptions, DtlsParameters,
                 SetPreferredLayers, SetPriority, ObserveProducer, UnobserveProducer,
                 ProduceDataOptions, ConsumeDataOptions, CloseDataProducer, CloseDataConsumer,
                 SetLowThreshold, SetSubchannels, AddSubchannel, RemoveSubchannel, SendToConsumer>;

// --- bodies of notifications

struct SendRtp {
  std::vector<uint8_t> packet;
};
struct SendRtcp {
  std::vector<uint8_t> packet;
};
using NotificationBody = std::variant<NoBody, UnreadBody, SendRtp, SendRtcp, SendFromProducer>;

// --- what comes in

struct ChannelRequest {
  uint32_t id = 0;
  uint8_t method = 0;
  std::string handler_id;
  // The body, or what is wrong with it or with the handler id.
  Result<RequestBody> body = RequestBody{};
};
struct ChannelNotification {
  uint8_t event = 0;
  std::string handler_id;
  NotificationBody body = NoBody{};
};
// Bytes that are not a message, or not one that a worker takes. There is nobody to answer.
struct UnreadableFrame {
  std::string why;
};
using ChannelMessage = std::variant<UnreadableFrame, ChannelRequest, ChannelNotification>;

// --- bodies of answers

struct WorkerDump {
  uint32_t pid = 0;
  std::vector<std::string> webrtc_server_ids;
  std::vector<std::string> router_ids;
  std::vector<std::string> request_handler_ids;
  std::vector<std::string> notification_handler_ids;
};
struct ProduceAnswer {
  RtpType type = RtpType::kSimple;
};
struct WebRtcConnectAnswer {
  DtlsRoleName local_role = DtlsRoleName::kServer;
};
struct ProducerStats {
  std::vector<RtpStreamStats> streams;
};
struct ConsumerStats {
  std::vector<RtpStreamStats> streams;
};
struct PreferredLayersAnswer {
  std::optional<ConsumerLayers> layers;
};
struct PriorityAnswer {
  uint8_t priority = 0;
};
struct CountersAnswer {
  Counters counters;
  std::array<uint64_t, kDropReasonCount> drops{};  // by DropReason
  Census census;
};

// Done: accepted, and nothing to say.
using Answer = std::variant<
    Done, WorkerDump, ResourceUsage, WebRtcServerDump, RouterDump, ProduceAnswer, ConsumeAnswer,
    IceParameters, PlainConnectAnswer, PlainTransportDump, PlainTransportStats, PipeConnectAnswer,
    PipeTransportDump, PipeTransportStats, DirectTransportDump, DirectTransportStats,
    WebRtcConnectAnswer, WebRtcTransportDump, WebRtcTransportStats, ProducerDump, ProducerStats,
    ConsumerDump, ConsumerStats, PreferredLayersAnswer, PriorityAnswer, DataProducerDump,
    DataProducerStats, DataConsumerDump, DataConsumerStats, BufferedAmountAnswer, SendAnswer,
    SetSubchannelsAnswer, AddSubchannelAnswer, RemoveSubchannelAnswer, CountersAnswer>;

}  // namespace millrace
