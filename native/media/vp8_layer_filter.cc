#include "media/vp8_layer_filter.h"

#include <algorithm>

#include "base/sequence.h"

namespace millrace {

LayerVerdict Vp8LayerFilter::OnPacket(const RtpPacket& packet, const Vp8Descriptor& descriptor,
                                      uint8_t target) {
  uint32_t timestamp = packet.timestamp;
  if (!started_ || IsNewer(timestamp, newest_timestamp_)) {
    uint8_t temporal = TemporalAt(descriptor, target);
    if (!started_) changes_[0] = {timestamp, temporal};
    if (temporal != newest().temporal) {
      ++change_count_;
      changes_[change_count_ % kChangesKept] = {timestamp, temporal};
    }
    newest_timestamp_ = timestamp;
    started_ = true;
  }
  uint64_t kept = std::min<uint64_t>(change_count_ + 1, kChangesKept);
  for (uint64_t i = 0; i < kept; ++i) {
    const Change& change = changes_[(change_count_ - i) % kChangesKept];
    if (IsNewer(change.timestamp, timestamp)) continue;
    bool forward = descriptor.temporal_layer.value_or(0) <= change.temporal;
    return {.forward = forward, .ends_picture = forward && packet.marker};
  }
  return {};
}

// The highest layer forwarded from the picture on that begins with this packet.
uint8_t Vp8LayerFilter::TemporalAt(const Vp8Descriptor& descriptor, uint8_t target) const {
  // Whatever follows a key frame refers to nothing before it.
  if (descriptor.key_frame) return target;
  uint8_t current = newest().temporal;
  if (target <= current) return target;
  uint8_t layer = descriptor.temporal_layer.value_or(0);
  // RFC 7741 4.2: "Y: 1 layer sync bit (MUST be present only if TID is present). This bit SHOULD be
  // set to 1 if the current frame uses only" the base layer for prediction. It says nothing of the
  // layers between, so one layer at a time.
  bool whole = descriptor.start_of_partition && descriptor.partition_index == 0;
  return descriptor.layer_sync && whole && layer == current + 1 ? layer : current;
}

}  // namespace millrace
