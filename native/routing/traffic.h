#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "media/rate_counter.h"

namespace millrace {

// Bytes of one kind: all there ever were, and how many a second.
class Meter {
 public:
  void Add(size_t bytes, Timestamp now) {
    bytes_ += bytes;
    rate_.Add(bytes, now);
  }
  [[nodiscard]] uint64_t bytes() const { return bytes_; }
  [[nodiscard]] uint64_t BitsPerSecond(Timestamp now) const { return rate_.BitsPerSecond(now); }

 private:
  uint64_t bytes_ = 0;
  RateCounter rate_;
};

// What went in and out of one transport.
struct Traffic {
  Meter received;  // everything
  Meter rtp_received;
  Meter rtx_received;
  Meter sent;
  Meter rtp_sent;
  Meter rtx_sent;
  Meter probation_sent;
};

}  // namespace millrace
