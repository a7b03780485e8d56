#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "routing/data_event.h"
#include "routing/dumps.h"

namespace millrace {

class Transport;

// A parsed packet as trace events show it.
struct RtpPacketDump {
  uint8_t payload_type = 0;
  uint16_t sequence_number = 0;
  uint32_t timestamp = 0;
  bool marker = false;
  uint32_t ssrc = 0;
  bool key_frame = false;
  uint64_t size = 0;
  uint64_t payload_size = 0;
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  std::string mid{};
  std::string rid{};
  std::string repaired_rid{};
  std::optional<uint16_t> transport_sequence_number{};
};

// What a trace event of a producer or consumer says beside its type. A NACK says nothing.
struct PacketTrace {
  RtpPacketDump packet{};
  bool is_rtx = false;
};
struct KeyFrameRequestTrace {  // PLI and FIR
  uint32_t ssrc = 0;
};
struct SenderReportTrace {
  uint32_t ssrc = 0;
  uint32_t ntp_seconds = 0;
  uint32_t ntp_fraction = 0;
  uint32_t rtp_timestamp = 0;
  uint32_t packet_count = 0;
  uint32_t octet_count = 0;
};
using RtpTraceDetail =
    std::variant<std::monostate, PacketTrace, KeyFrameRequestTrace, SenderReportTrace>;

enum class TraceDirection : uint8_t { kIn = 0, kOut = 1 };

// --- the closed set of things that routing tells the controller; `id` is the object's id.

struct IceStateChanged {
  std::string id{};
  IceStateName state{};
};
struct IceSelectedTupleChanged {
  std::string id{};
  TransportTuple tuple{};
};
struct DtlsStateChanged {
  std::string id{};
  DtlsStateName state{};
  std::string remote_certificate{};  // PEM, with kConnected only
};
struct PlainTupleLearned {
  std::string id{};
  TransportTuple tuple{};
  bool rtcp = false;  // PLAINTRANSPORT_RTCP_TUPLE, otherwise PLAINTRANSPORT_TUPLE
};
struct ProducerScoreChanged {
  struct Score {
    uint32_t encoding_index = 0;
    uint32_t ssrc = 0;
    std::string rid{};
    uint8_t score = 0;
  };
  std::string id{};
  std::vector<Score> scores{};
};
struct ProducerVideoOrientationChanged {
  std::string id{};
  bool camera = false;
  bool flip = false;
  uint16_t rotation = 0;  // degrees: 0, 90, 180, 270
};
struct ProducerTraced {
  std::string id{};
  RtpTraceType type{};
  uint64_t timestamp_ms = 0;
  TraceDirection direction = TraceDirection::kIn;
  RtpTraceDetail detail{};
};
struct ConsumerTraced {
  std::string id{};
  RtpTraceType type{};
  uint64_t timestamp_ms = 0;
  TraceDirection direction = TraceDirection::kOut;
  RtpTraceDetail detail{};
};
struct ConsumerScoreChanged {
  std::string id{};
  ConsumerScoreValue score{};
};
struct ConsumerLayersChanged {
  std::string id{};
  std::optional<ConsumerLayers> layers{};  // nothing: none is forwarded
};
struct ConsumerProducerPaused {
  std::string id{};
};
struct ConsumerProducerResumed {
  std::string id{};
};
struct ConsumerProducerClosed {
  std::string id{};
};
// What the search for the outgoing bandwidth concluded. Bits a second.
struct BandwidthTrace {
  bool remb = false;  // the peer's own estimate, otherwise ours of its transport-wide feedback
  uint64_t desired_bitrate = 0;            // what all consumers together could use
  uint64_t effective_desired_bitrate = 0;  // of that, what the controller's limits leave
  uint64_t min_bitrate = 0;
  uint64_t max_bitrate = 0;
  uint64_t start_bitrate = 0;
  uint64_t max_padding_bitrate = 0;  // padding leaves up to this rate when no probe runs
  uint64_t available_bitrate = 0;
};
struct TransportTraced {
  std::string id{};
  TransportTraceType type{};
  uint64_t timestamp_ms = 0;
  TraceDirection direction = TraceDirection::kOut;
  std::optional<BandwidthTrace> bandwidth{};  // with kBwe only
};
// What a direct transport sends, to the controller itself.
struct ConsumerRtpSent {
  std::string id{};
  std::vector<uint8_t> packet{};
};
struct DirectRtcpSent {
  std::string id{};
  std::vector<uint8_t> compound{};
};
struct AudioLevelVolumes {
  struct Volume {
    std::string producer_id{};
    int8_t volume = -127;
  };
  std::string id{};
  std::vector<Volume> volumes{};
};
struct AudioLevelSilence {
  std::string id{};
};
struct DominantSpeakerChanged {
  std::string id{};
  std::string producer_id{};
};

using RoutingEvent = std::variant<
    IceStateChanged, IceSelectedTupleChanged, DtlsStateChanged, PlainTupleLearned,
    ProducerScoreChanged, ProducerVideoOrientationChanged, ProducerTraced, ConsumerTraced,
    ConsumerScoreChanged, ConsumerLayersChanged, ConsumerProducerPaused, ConsumerProducerResumed,
    ConsumerProducerClosed, TransportTraced, ConsumerRtpSent, DirectRtcpSent, AudioLevelVolumes,
    AudioLevelSilence, DominantSpeakerChanged, SctpStateChanged, SctpCapabilitiesNegotiated,
    DataConsumerBufferedAmountLow, DataConsumerSendBufferFull, DataConsumerProducerPaused,
    DataConsumerProducerResumed, DataConsumerProducerClosed, DataConsumerMessage>;

// What routing has to say beside datagrams. The worker drains both lists after every call into
// routing: notifications in their order, and the transports whose deadline() became earlier.
struct RoutingEvents {
  std::vector<RoutingEvent> notifications{};
  std::vector<Transport*> rescheduled;  // may name a transport more than once
};

}  // namespace millrace
