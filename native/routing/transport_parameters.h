#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/dtls_fingerprint.h"
#include "routing/rtp_parameters.h"

namespace millrace {

// What the controller asks of transports and WebRTC servers, as plain values that mirror the
// channel's tables. Enumerations carry the channel's numbers.

enum class TransportProtocol : uint8_t { kUdp = 1, kTcp = 2 };

struct ListenInfo {
  TransportProtocol protocol = TransportProtocol::kUdp;
  std::string ip{};
  std::string announced_address{};
  bool expose_internal_ip = false;
  uint16_t port = 0;      // 0: one of the range
  uint16_t port_min = 0;  // 0 and 0: the range of the worker
  uint16_t port_max = 0;
  bool ipv6_only = false;
  bool udp_reuse_port = false;
  uint32_t send_buffer_size = 0;
  uint32_t receive_buffer_size = 0;
};

struct TransportOptions {
  bool direct = false;
  std::optional<uint64_t> initial_available_outgoing_bitrate{};
  bool enable_sctp = false;
  uint32_t max_send_message_size = 0;
  uint32_t max_receive_message_size = 0;
  uint32_t sctp_send_buffer_size = 0;
  uint32_t sctp_per_stream_send_queue_limit = 0;
  uint32_t sctp_max_receiver_window_buffer_size = 0;
  uint32_t sctp_default_stream_buffered_amount_low_threshold = 0;
  bool is_data_channel = false;
};

struct ListenIndividual {
  std::vector<ListenInfo> listen_infos{};
};
struct ListenServer {
  std::string webrtc_server_id{};
};

struct WebRtcTransportOptions {
  TransportOptions base{};
  std::variant<ListenIndividual, ListenServer> listen{};
  bool enable_udp = true;
  bool enable_tcp = true;
  bool prefer_udp = false;
  bool prefer_tcp = false;
  uint8_t ice_consent_timeout_s = 30;
};

// RFC 3711 and RFC 7714; numbered as on the channel.
enum class SrtpSuiteName : uint8_t {
  kAeadAes256Gcm = 0,
  kAeadAes128Gcm = 1,
  kAesCm128HmacSha1_80 = 2,
  kAesCm128HmacSha1_32 = 3,
};

struct SrtpParameters {
  SrtpSuiteName suite = SrtpSuiteName::kAeadAes128Gcm;
  std::string key_base64{};
};

struct PlainTransportOptions {
  TransportOptions base{};
  ListenInfo listen_info{};
  std::optional<ListenInfo> rtcp_listen_info{};
  bool rtcp_mux = false;
  bool comedia = false;
  bool enable_srtp = false;
  std::optional<SrtpSuiteName> srtp_suite{};
};

struct PlainConnectOptions {
  std::string ip{};
  std::optional<uint16_t> port{};
  std::optional<uint16_t> rtcp_port{};
  std::optional<SrtpParameters> srtp_parameters{};
};

struct PipeTransportOptions {
  TransportOptions base{};
  ListenInfo listen_info{};
  bool enable_rtx = false;
  bool enable_srtp = false;
};

struct PipeConnectOptions {
  std::string ip{};
  std::optional<uint16_t> port{};
  std::optional<SrtpParameters> srtp_parameters{};
};

struct DirectTransportOptions {
  TransportOptions base{};
};

enum class DtlsRoleName : uint8_t { kAuto = 0, kClient = 1, kServer = 2 };
// A certificate's hash as signalling writes it: pairs of hexadecimal digits with colons between.
struct FingerprintText {
  FingerprintAlgorithm algorithm = FingerprintAlgorithm::kSha256;
  std::string value{};
};

struct DtlsParameters {
  std::vector<FingerprintText> fingerprints{};
  DtlsRoleName role = DtlsRoleName::kAuto;
};

struct IceParameters {
  std::string username_fragment{};
  std::string password{};
  bool ice_lite = true;
};

struct ProduceOptions {
  std::string producer_id{};
  MediaKind kind = MediaKind::kAudio;
  RtpParameters rtp_parameters{};
  RtpMapping rtp_mapping{};
  bool paused = false;
  uint32_t key_frame_request_delay_ms = 0;
  bool enable_packet_id_extension = false;
};

struct ConsumeOptions {
  std::string consumer_id{};
  std::string producer_id{};
  MediaKind kind = MediaKind::kAudio;
  RtpParameters rtp_parameters{};
  RtpType type = RtpType::kSimple;
  std::vector<RtpEncodingParameters> consumable_encodings{};
  bool paused = false;
  std::optional<ConsumerLayers> preferred_layers{};
  bool ignore_dtx = false;
};

struct AudioLevelObserverOptions {
  uint16_t max_entries = 1;
  int8_t threshold = -80;
  uint16_t interval_ms = 1000;
};

struct ActiveSpeakerObserverOptions {
  uint16_t interval_ms = 300;
};

// Trace events that a producer or consumer is asked for; numbered as on the channel. Sets of them
// are bits: 1 << number.
enum class RtpTraceType : uint8_t {
  kKeyFrame = 0,
  kFir = 1,
  kNack = 2,
  kPli = 3,
  kRtp = 4,
  kSenderReport = 5,  // producers only
};
enum class TransportTraceType : uint8_t { kProbation = 0, kBwe = 1 };

}  // namespace millrace
