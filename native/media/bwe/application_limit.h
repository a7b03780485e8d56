#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "media/bwe/bitrate.h"

namespace millrace {

// Tells whether the sender is limited by what it has to send and not by the estimate: then silence
// of the path proves nothing, and only probes can find more.
// A budget of the larger part of the estimate fills with time and is spent by packets.
class ApplicationLimit {
 public:
  // A sender that uses less than this share of its estimate is limited by itself.
  static constexpr double kUse = 0.65;
  static constexpr Duration kWindow = Duration::Millis(500);
  // Limited above the first share of a full budget, not any more below the second one.
  static constexpr double kBegin = 0.8;
  static constexpr double kEnd = 0.5;

  void Sent(uint32_t bytes, uint64_t estimate_bps, Timestamp now);
  // Time passed, with or without a packet.
  void Pass(uint64_t estimate_bps, Timestamp now);
  [[nodiscard]] bool limited() const { return limited_; }

 private:
  double unused_bytes_ = 0;
  Timestamp passed_;
  bool used_ = false;
  bool limited_ = false;
};

}  // namespace millrace
