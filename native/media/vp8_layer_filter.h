#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "media/layer_choice.h"
#include "media/layer_verdict.h"
#include "media/rtp_packet.h"

namespace millrace {

// Decides which pictures of one VP8 stream are left out to get fewer of them a second.
// A picture is forwarded whole or not at all, and one that is forwarded can be decoded: lower
// temporal layers never refer to higher ones, so going down is possible at any picture; going up is
// possible where the stream says so (layer sync), one layer at a time, or at a key frame. Packets
// that come late are judged as their picture was.
class Vp8LayerFilter {
 public:
  // `target` is the highest temporal layer wanted.
  [[nodiscard]] LayerVerdict OnPacket(const RtpPacket& packet, const Vp8Descriptor& descriptor,
                                      uint8_t target);
  [[nodiscard]] uint8_t temporal() const { return newest().temporal; }

 private:
  // From the picture with this timestamp on.
  struct Change {
    uint32_t timestamp = 0;
    uint8_t temporal = 0;
  };
  // Packets that come later than this many changes ago are of no use to anybody.
  static constexpr size_t kChangesKept = 8;

  [[nodiscard]] uint8_t TemporalAt(const Vp8Descriptor& descriptor, uint8_t target) const;
  [[nodiscard]] const Change& newest() const { return changes_[change_count_ % kChangesKept]; }

  std::array<Change, kChangesKept> changes_{};
  uint64_t change_count_ = 0;
  uint32_t newest_timestamp_ = 0;
  bool started_ = false;
};

}  // namespace millrace
