#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace millrace {

// What an estimate starts from when the controller names nothing else.
inline constexpr uint64_t kInitialBitrate = 600'000;
// No estimate falls below this: a call needs its audio, and a sender that falls silent learns
// nothing of its path any more.
inline constexpr uint64_t kBitrateMin = 30'000;
// Far above any peer's link; keeps all sums of rates and times within 64 bits.
inline constexpr uint64_t kBitrateMax = 1'000'000'000;

// Between which rates an estimate may move, in bits a second.
struct BitrateBounds {
  uint64_t min_bps = kBitrateMin;
  uint64_t max_bps = kBitrateMax;

  // Any two numbers made a range within the constants above; 0 as maximum means none.
  [[nodiscard]] static constexpr BitrateBounds Of(uint64_t min_bps, uint64_t max_bps) {
    uint64_t max = max_bps == 0 ? kBitrateMax : std::clamp(max_bps, kBitrateMin, kBitrateMax);
    return {.min_bps = std::clamp(min_bps, kBitrateMin, max), .max_bps = max};
  }

  [[nodiscard]] constexpr uint64_t Clamp(uint64_t bps) const {
    return std::clamp(bps, min_bps, max_bps);
  }
};

// A computed rate as a number of bits a second: nothing below zero, above the range or undefined.
[[nodiscard]] constexpr uint64_t BitrateFrom(double bps) {
  if (!(bps > 0)) return 0;
  return bps >= static_cast<double>(kBitrateMax) ? kBitrateMax : static_cast<uint64_t>(bps);
}

[[nodiscard]] constexpr uint64_t Scaled(uint64_t bps, double factor) {
  return BitrateFrom(static_cast<double>(bps) * factor);
}

// The rate of `bytes` in `time`, which is longer than nothing.
[[nodiscard]] constexpr uint64_t RateOf(uint64_t bytes, Duration time) {
  if (time.us() <= 0) return 0;
  return std::min(bytes * 8 * 1'000'000 / static_cast<uint64_t>(time.us()), kBitrateMax);
}

// How many bytes `bps` brings in `time`. Not whole ones: many short times add up to a long one.
[[nodiscard]] constexpr double BytesIn(Duration time, uint64_t bps) {
  constexpr double kBytesPerBitMicrosecond = 1 / 8e6;
  return static_cast<double>(bps) * static_cast<double>(time.us()) * kBytesPerBitMicrosecond;
}

// How long `bytes` take at `bps`.
[[nodiscard]] constexpr Duration TimeOf(uint64_t bytes, uint64_t bps) {
  return Duration::Micros(static_cast<int64_t>(bytes * 8'000'000 / std::max<uint64_t>(bps, 1)));
}

}  // namespace millrace
