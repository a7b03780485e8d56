#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/byte_reader.h"
#include "base/time.h"
#include "wire/rtp_view.h"

namespace millrace {

// The header extensions the worker knows. The values are the ids that both sides of the channel use
// inside the worker; what a peer negotiated stands in RtpExtensionIds.
enum class RtpExtension : uint8_t {
  kNone = 0,
  kMid = 1,
  kRid = 2,
  kRepairedRid = 3,
  kAbsSendTime = 4,
  kTransportSequenceNumber = 5,
  kAudioLevel = 6,
  kDependencyDescriptor = 7,
  kVideoOrientation = 8,
  kTimeOffset = 9,
  kAbsCaptureTime = 10,
  kPlayoutDelay = 11,
  kPacketId = 12,
};

inline constexpr size_t kRtpExtensionCount = 13;  // with kNone

// Which id one peer uses for which extension; a lookup either way is one array access.
class RtpExtensionIds {
 public:
  // Nothing negotiated.
  RtpExtensionIds() = default;
  // The ids inside the worker: each extension's own value.
  [[nodiscard]] static RtpExtensionIds Internal();

  // False when the id is zero or already stands for another extension. A second id for the same
  // extension takes the place of the first.
  [[nodiscard]] bool Set(RtpExtension extension, uint8_t id);

  // Zero when not negotiated.
  [[nodiscard]] uint8_t IdOf(RtpExtension extension) const {
    return id_of_[static_cast<size_t>(extension)];
  }
  // kNone when the peer negotiated no extension for this id.
  [[nodiscard]] RtpExtension ExtensionOf(uint8_t id) const { return extension_of_[id]; }

 private:
  std::array<uint8_t, kRtpExtensionCount> id_of_{};
  std::array<RtpExtension, 256> extension_of_{};
};

// RFC 6464. Zero is the loudest, 127 is silence: the level is minus dBov.
struct AudioLevel {
  uint8_t level = 127;
  bool voice = false;

  bool operator==(const AudioLevel&) const = default;
};

// 3GPP TS 26.114, "coordination of video orientation".
struct VideoOrientation {
  bool back_camera = false;
  bool flip = false;
  uint16_t rotation_degrees = 0;  // 0, 90, 180 or 270, clockwise

  bool operator==(const VideoOrientation&) const = default;
};

// When the first sender captured the packet's first sample.
struct AbsCaptureTime {
  uint64_t ntp = 0;
  std::optional<int64_t> clock_offset;  // 32.32 fixed point, seconds

  bool operator==(const AbsCaptureTime&) const = default;
};

struct PlayoutDelay {
  uint16_t min_ms = 0;
  uint16_t max_ms = 0;

  bool operator==(const PlayoutDelay&) const = default;
};

// The values of one packet's header extensions. Text and bytes point into the packet. An element
// whose size is wrong for its kind is as good as absent.
struct RtpExtensions {
  std::string_view mid;                   // empty: absent
  std::string_view rid;                   // empty: absent
  std::string_view repaired_rid;          // empty: absent
  Bytes dependency_descriptor;            // empty: absent
  std::optional<uint32_t> abs_send_time;  // 24 bits, 6.18 fixed point seconds
  std::optional<uint16_t> transport_sequence_number;
  std::optional<AudioLevel> audio_level;
  std::optional<VideoOrientation> video_orientation;
  std::optional<int32_t> time_offset;  // RFC 5450, in units of the RTP clock
  std::optional<AbsCaptureTime> abs_capture_time;
  std::optional<PlayoutDelay> playout_delay;
  std::optional<uint32_t> packet_id;
};

// One walk over the packet's elements; of two for the same extension the first counts.
[[nodiscard]] RtpExtensions ReadRtpExtensions(const RtpView& packet, const RtpExtensionIds& ids);

// The 24-bit value of the abs-send-time extension: seconds modulo 64 with 18 fractional bits.
[[nodiscard]] uint32_t ToAbsSendTime(Timestamp time);

// The one byte of the audio-level and of the video-orientation extension.
[[nodiscard]] uint8_t ToWire(const AudioLevel& level);
[[nodiscard]] uint8_t ToWire(const VideoOrientation& orientation);

}  // namespace millrace
