#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "routing/data_dumps.h"
#include "routing/transport_parameters.h"

namespace millrace {

// The state of the worker's objects as values, for the controller's dump and statistics requests.
// They mirror the channel's tables; names of objects are the controller's ids.

enum class IceStateName : uint8_t { kNew = 0, kConnected = 1, kCompleted = 2, kDisconnected = 3 };
enum class DtlsStateName : uint8_t {
  kNew = 0,
  kConnecting = 1,
  kConnected = 2,
  kFailed = 3,
  kClosed = 4,
};

struct TransportTuple {
  std::string local_address{};
  uint16_t local_port = 0;
  std::string remote_ip{};  // empty: no peer yet
  uint16_t remote_port = 0;
  TransportProtocol protocol = TransportProtocol::kUdp;
};

struct IceCandidate {
  std::string foundation{};
  uint32_t priority = 0;
  std::string address{};
  TransportProtocol protocol = TransportProtocol::kUdp;
  uint16_t port = 0;
};

using SsrcName = std::pair<uint32_t, std::string>;
using NamePair = std::pair<std::string, std::string>;
using NameList = std::pair<std::string, std::vector<std::string>>;

struct RtpListenerDump {
  std::vector<SsrcName> ssrcs{};
  std::vector<NamePair> mids{};
  std::vector<NamePair> rids{};
};

struct TransportDump {
  std::string id{};
  bool direct = false;
  std::vector<std::string> producer_ids{};
  std::vector<std::string> consumer_ids{};
  std::vector<SsrcName> ssrc_consumer_ids{};
  std::vector<SsrcName> rtx_ssrc_consumer_ids{};
  // Extension ids as the peer's producers send them; nothing where none is negotiated.
  std::optional<uint8_t> mid_extension{};
  std::optional<uint8_t> rid_extension{};
  std::optional<uint8_t> repaired_rid_extension{};
  std::optional<uint8_t> abs_send_time_extension{};
  std::optional<uint8_t> transport_wide_cc_extension{};
  RtpListenerDump rtp_listener{};
  uint32_t max_send_message_size = 0;
  uint32_t max_receive_message_size = 0;
  std::vector<TransportTraceType> trace_types{};
  std::vector<std::string> data_producer_ids{};
  std::vector<std::string> data_consumer_ids{};
  std::optional<SctpDump> sctp{};
};

struct WebRtcTransportDump {
  TransportDump base{};
  IceParameters ice_parameters{};
  std::vector<IceCandidate> ice_candidates{};
  IceStateName ice_state = IceStateName::kNew;
  std::optional<TransportTuple> ice_selected_tuple{};
  DtlsParameters dtls_parameters{};
  DtlsStateName dtls_state = DtlsStateName::kNew;
};

struct PlainTransportDump {
  TransportDump base{};
  bool rtcp_mux = false;
  bool comedia = false;
  TransportTuple tuple{};
  std::optional<TransportTuple> rtcp_tuple{};
  std::optional<SrtpParameters> srtp_parameters{};
};

struct PipeTransportDump {
  TransportDump base{};
  TransportTuple tuple{};
  bool rtx = false;
  std::optional<SrtpParameters> srtp_parameters{};
};

struct DirectTransportDump {
  TransportDump base{};
};

using AnyTransportDump =
    std::variant<WebRtcTransportDump, PlainTransportDump, PipeTransportDump, DirectTransportDump>;

struct TransportStats {
  std::string transport_id{};
  uint64_t timestamp_ms = 0;
  uint64_t bytes_received = 0;
  uint64_t receive_bitrate = 0;
  uint64_t bytes_sent = 0;
  uint64_t send_bitrate = 0;
  uint64_t rtp_bytes_received = 0;
  uint64_t rtp_receive_bitrate = 0;
  uint64_t rtp_bytes_sent = 0;
  uint64_t rtp_send_bitrate = 0;
  uint64_t rtx_bytes_received = 0;
  uint64_t rtx_receive_bitrate = 0;
  uint64_t rtx_bytes_sent = 0;
  uint64_t rtx_send_bitrate = 0;
  uint64_t probation_bytes_sent = 0;
  uint64_t probation_send_bitrate = 0;
  std::optional<uint64_t> available_outgoing_bitrate{};
  std::optional<uint64_t> available_incoming_bitrate{};
  std::optional<uint64_t> max_incoming_bitrate{};
  std::optional<uint64_t> max_outgoing_bitrate{};
  std::optional<uint64_t> min_outgoing_bitrate{};
  std::optional<double> rtp_packet_loss_received{};
  std::optional<double> rtp_packet_loss_sent{};
  std::optional<SctpState> sctp_state{};
};

struct WebRtcTransportStats {
  TransportStats base{};
  IceStateName ice_state = IceStateName::kNew;
  std::optional<TransportTuple> ice_selected_tuple{};
  DtlsStateName dtls_state = DtlsStateName::kNew;
};

struct PlainTransportStats {
  TransportStats base{};
  bool rtcp_mux = false;
  bool comedia = false;
  TransportTuple tuple{};
  std::optional<TransportTuple> rtcp_tuple{};
};

struct PipeTransportStats {
  TransportStats base{};
  TransportTuple tuple{};
};

struct DirectTransportStats {
  TransportStats base{};
};

using AnyTransportStats = std::variant<WebRtcTransportStats, PlainTransportStats,
                                       PipeTransportStats, DirectTransportStats>;

struct RtpStreamParameters {
  uint32_t encoding_index = 0;
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  std::string mime_type{};
  uint32_t clock_rate = 0;
  std::string rid{};
  std::string cname{};
  std::optional<uint32_t> rtx_ssrc{};
  std::optional<uint8_t> rtx_payload_type{};
  bool use_nack = false;
  bool use_pli = false;
  bool use_fir = false;
  bool use_in_band_fec = false;
  bool use_dtx = false;
  uint8_t spatial_layers = 1;
  uint8_t temporal_layers = 1;
};

struct RtxStreamParameters {
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  std::string mime_type{};
  uint32_t clock_rate = 0;
  std::string repaired_rid{};
  std::string cname{};
};

struct RtpStreamDump {
  RtpStreamParameters parameters{};
  uint8_t score = 0;
  std::optional<RtxStreamParameters> rtx_stream{};
};

// Statistics of one stream, received or sent.
struct RtpStreamStats {
  struct BitrateByLayer {
    std::string layer{};  // "spatial.temporal"
    uint64_t bitrate = 0;
  };
  bool received = false;  // RecvStats on the channel, otherwise SendStats
  uint64_t timestamp_ms = 0;
  uint32_t ssrc = 0;
  MediaKind kind = MediaKind::kAudio;
  std::string mime_type{};
  int32_t packets_lost = 0;
  uint8_t fraction_lost = 0;
  uint32_t jitter = 0;
  uint64_t packets_discarded = 0;
  uint64_t packets_retransmitted = 0;
  uint64_t packets_repaired = 0;
  uint64_t nack_count = 0;
  uint64_t nack_packet_count = 0;
  uint64_t pli_count = 0;
  uint64_t fir_count = 0;
  std::string rid{};
  std::optional<uint32_t> rtx_ssrc{};
  uint64_t rtx_packets_discarded = 0;
  float round_trip_time_ms = 0;
  uint8_t score = 0;
  uint64_t packet_count = 0;
  uint64_t byte_count = 0;
  uint64_t bitrate = 0;
  std::vector<BitrateByLayer> bitrate_by_layer{};
};

struct ProducerDump {
  std::string id{};
  MediaKind kind = MediaKind::kAudio;
  RtpType type = RtpType::kSimple;
  RtpParameters rtp_parameters{};
  RtpMapping rtp_mapping{};
  std::vector<RtpStreamDump> rtp_streams{};
  std::vector<RtpTraceType> trace_types{};
  bool paused = false;
};

// Layers as dumps show them.
struct LayerDump {
  int16_t spatial = -1;  // -1: none
  int16_t temporal = -1;
};
struct ConsumerLayersDump {
  LayerDump preferred{};
  LayerDump target{};
  LayerDump current{};
};

struct ConsumerDump {
  std::string id{};
  RtpType type = RtpType::kSimple;
  std::string producer_id{};
  MediaKind kind = MediaKind::kAudio;
  RtpParameters rtp_parameters{};
  std::vector<RtpEncodingParameters> consumable_encodings{};
  std::vector<uint8_t> supported_payload_types{};
  std::vector<RtpTraceType> trace_types{};
  bool paused = false;
  bool producer_paused = false;
  uint8_t priority = 1;
  std::optional<ConsumerLayersDump> layers{};  // nothing for a consumer without any
  std::vector<RtpStreamDump> rtp_streams{};
};

struct ConsumerScoreValue {
  uint8_t score = 0;
  uint8_t producer_score = 0;
  std::vector<uint8_t> producer_scores{};
};

// The answer to TRANSPORT_CONSUME.
struct ConsumeAnswer {
  bool paused = false;
  bool producer_paused = false;
  ConsumerScoreValue score{};
  std::optional<ConsumerLayers> preferred_layers{};
};

// The answer to PLAINTRANSPORT_CONNECT.
struct PlainConnectAnswer {
  TransportTuple tuple{};
  std::optional<TransportTuple> rtcp_tuple{};
  std::optional<SrtpParameters> srtp_parameters{};
};

// The answer to PIPETRANSPORT_CONNECT.
struct PipeConnectAnswer {
  TransportTuple tuple{};
};

struct RouterDump {
  std::string id{};
  std::vector<std::string> transport_ids{};
  std::vector<std::string> observer_ids{};
  std::vector<NameList> producer_consumer_ids{};
  std::vector<NamePair> consumer_producer_ids{};
  std::vector<NameList> producer_observer_ids{};
  std::vector<NameList> data_producer_consumer_ids{};
  std::vector<NamePair> data_consumer_producer_ids{};
};

struct WebRtcServerDump {
  struct IpPort {
    std::string ip{};
    uint16_t port = 0;
  };
  std::string id{};
  std::vector<IpPort> udp_sockets{};
  std::vector<IpPort> tcp_servers{};
  std::vector<std::string> transport_ids{};
  std::vector<NamePair> ufrag_transport_ids{};
};

}  // namespace millrace
