#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace millrace {

// RTP parameters in the words of ORTC, as the controller negotiated them. Plain values that mirror
// the channel's tables one to one; a text that the channel leaves out is empty here.

enum class MediaKind : uint8_t { kAudio = 0, kVideo = 1 };
enum class RtpType : uint8_t { kSimple = 0, kSimulcast = 1, kSvc = 2, kPipe = 3 };

// Numbered as on the channel; the extension id inside the worker is this number plus one.
enum class HeaderExtensionUri : uint8_t {
  kMid = 0,
  kRid = 1,
  kRepairedRid = 2,
  kAbsSendTime = 3,
  kTransportWideCc = 4,
  kAudioLevel = 5,
  kDependencyDescriptor = 6,
  kVideoOrientation = 7,
  kTimeOffset = 8,
  kAbsCaptureTime = 9,
  kPlayoutDelay = 10,
  kPacketId = 11,
};

// A boolean is an unsigned byte on the channel, so any alternative converts without loss.
using CodecParameterValue = std::variant<bool, int32_t, double, std::string, std::vector<int32_t>>;

struct CodecParameter {
  std::string name{};
  CodecParameterValue value{};
};

struct RtcpFeedback {
  std::string type{};
  std::string parameter{};
};

struct RtpCodecParameters {
  std::string mime_type{};
  uint8_t payload_type = 0;
  uint32_t clock_rate = 0;
  std::optional<uint8_t> channels{};
  std::vector<CodecParameter> parameters{};
  std::vector<RtcpFeedback> rtcp_feedback{};
};

struct RtpHeaderExtensionParameters {
  HeaderExtensionUri uri = HeaderExtensionUri::kMid;
  uint8_t id = 0;
  bool encrypt = false;
  std::vector<CodecParameter> parameters{};
};

struct RtpEncodingParameters {
  std::optional<uint32_t> ssrc{};
  std::string rid{};
  std::optional<uint8_t> codec_payload_type{};
  std::optional<uint32_t> rtx_ssrc{};
  bool dtx = false;
  std::string scalability_mode{};
  std::optional<uint64_t> max_bitrate{};
};

struct RtcpParameters {
  std::string cname{};
  bool reduced_size = true;
};

struct RtpParameters {
  std::string mid{};
  std::vector<RtpCodecParameters> codecs{};
  std::vector<RtpHeaderExtensionParameters> header_extensions{};
  std::vector<RtpEncodingParameters> encodings{};
  RtcpParameters rtcp{};
  std::string msid{};
};

struct CodecMapping {
  uint8_t payload_type = 0;
  uint8_t mapped_payload_type = 0;
};

struct EncodingMapping {
  std::string rid{};
  std::optional<uint32_t> ssrc{};
  uint32_t mapped_ssrc = 0;
};

// How a producer's payload types and SSRCs become those that all consumers of the router know.
struct RtpMapping {
  std::vector<CodecMapping> codecs{};
  std::vector<EncodingMapping> encodings{};
};

struct ConsumerLayers {
  uint8_t spatial_layer = 0;
  std::optional<uint8_t> temporal_layer{};
};

}  // namespace millrace
