#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace millrace {

// The rate at which packets arrived, by the receiver's clock: R_hat of
// draft-ietf-rmcat-gcc-02 section 5.5. Counts in slots of 25 ms; the newest slot is left out until
// it is complete.
class AcknowledgedBitrate {
 public:
  static constexpr Duration kSlot = Duration::Millis(25);
  // Section 5.5 recommends half a second.
  static constexpr Duration kWindow = Duration::Millis(500);
  // What is asked when the rate has just fallen: long enough for a few frames, short enough to
  // leave the past out.
  static constexpr Duration kRecent = Duration::Millis(200);

  void Add(uint32_t bytes, Timestamp arrival);
  void Reset();

  // Over the newest `window` or, while there is less than that, over what there is. Nothing before
  // there is as much as kRecent.
  [[nodiscard]] std::optional<uint64_t> BitsPerSecond(Duration window = kWindow) const;

 private:
  static constexpr size_t kSlots = 32;

  void Advance(int64_t slot);

  std::array<uint32_t, kSlots> bytes_{};
  int64_t first_ = 0;
  int64_t newest_ = 0;
  bool used_ = false;
};

}  // namespace millrace
