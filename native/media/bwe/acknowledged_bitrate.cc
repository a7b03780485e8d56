#include "media/bwe/acknowledged_bitrate.h"

#include <algorithm>

#include "media/bwe/bitrate.h"

namespace millrace {

void AcknowledgedBitrate::Add(uint32_t bytes, Timestamp arrival) {
  int64_t slot = arrival.us() / kSlot.us();
  Advance(slot);
  // Older than all slots: it counts nowhere any more.
  if (slot <= newest_ - static_cast<int64_t>(kSlots) || slot < first_) return;
  bytes_[static_cast<uint64_t>(slot) % kSlots] += bytes;
}

void AcknowledgedBitrate::Reset() { *this = AcknowledgedBitrate(); }

std::optional<uint64_t> AcknowledgedBitrate::BitsPerSecond(Duration window) const {
  if (!used_) return std::nullopt;
  int64_t complete = newest_ - first_;
  if (complete < kRecent.us() / kSlot.us()) return std::nullopt;
  int64_t slots = std::min({window.us() / kSlot.us(), complete, static_cast<int64_t>(kSlots) - 1});
  uint64_t sum = 0;
  for (int64_t slot = newest_ - slots; slot < newest_; ++slot) {
    sum += bytes_[static_cast<uint64_t>(slot) % kSlots];
  }
  return RateOf(sum, kSlot * slots);
}

void AcknowledgedBitrate::Advance(int64_t slot) {
  if (!used_ || slot - newest_ >= static_cast<int64_t>(kSlots)) {
    // Silence for longer than the window: the rate starts anew, it is not an average with nothing.
    bytes_.fill(0);
    first_ = newest_ = slot;
    used_ = true;
    return;
  }
  while (newest_ < slot) {
    ++newest_;
    bytes_[static_cast<uint64_t>(newest_) % kSlots] = 0;
  }
}

}  // namespace millrace
