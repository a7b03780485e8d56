#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace millrace {

// Bits per second over the last two and a half seconds, in buckets of 100 ms.
// Adding costs an addition while time stays in one bucket; no hours without an event cost more than
// clearing the buckets once. A time before the newest one counts as the newest.
class RateCounter {
 public:
  void Add(size_t bytes, Timestamp now);
  [[nodiscard]] uint64_t BitsPerSecond(Timestamp now) const;
  void Reset();

 private:
  static constexpr size_t kBuckets = 25;
  static constexpr int64_t kBucketUs = 100'000;
  // A stream younger than this many buckets is counted as if it were this old: one packet is no
  // rate.
  static constexpr int64_t kBucketsMin = 10;

  void Advance(int64_t bucket);

  bool used_ = false;
  int64_t newest_ = 0;  // number of the newest bucket since the clock's zero
  int64_t first_ = 0;   // bucket of the first Add since the window was last empty
  uint64_t sum_ = 0;
  std::array<uint32_t, kBuckets> buckets_{};
};

}  // namespace millrace
