#pragma once

#include <optional>

#include "media/dependency_frame.h"
#include "media/rtp_packet.h"

namespace millrace {

// Reads the dependency descriptors of one stream's packets. Keeps the structure that its key frames
// bring, because every later descriptor speaks in its terms; one that comes late, repaired or
// overtaken, speaks for its own packet only.
class DependencyReader {
 public:
  // A structure from farther back is no late one: the source counts anew.
  static constexpr uint16_t kLateMax = 3000;

  // Nothing when the packet has no descriptor, or one that names what no structure explains. What
  // is returned is valid until the next call.
  [[nodiscard]] std::optional<DependencyFrame> Read(const RtpPacket& packet);

 private:
  std::optional<DependencyStructure> structure_;
  std::optional<DependencyStructure> late_;
  uint16_t structure_sequence_ = 0;  // of the packet that brought the structure
  DependencyDescriptor descriptor_;
};

// Whether a decoder that saw nothing before can begin with this packet.
[[nodiscard]] bool BeginsKeyFrame(const DependencyDescriptor& descriptor);

}  // namespace millrace
