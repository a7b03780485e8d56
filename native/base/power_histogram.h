#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace millrace {

// How often which sizes came, by powers of two: bucket i holds values up to 2^i that are over
// 2^(i-1), and the last one everything beyond. Adding is an increment or two: no allocation.
template <size_t kBuckets>
class PowerHistogram {
 public:
  static_assert(kBuckets >= 2);

  void Add(uint64_t value) {
    size_t bucket = value <= 1 ? 0 : static_cast<size_t>(std::bit_width(value - 1));
    ++buckets_[std::min(bucket, kBuckets - 1)];
    sum_ += value;
  }

  // Of each bucket alone, not of all below it.
  [[nodiscard]] const std::array<uint64_t, kBuckets>& buckets() const { return buckets_; }
  [[nodiscard]] uint64_t sum() const { return sum_; }

 private:
  std::array<uint64_t, kBuckets> buckets_{};
  uint64_t sum_ = 0;
};

}  // namespace millrace
