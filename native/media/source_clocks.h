#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "media/layer_choice.h"

namespace millrace {

// Compares the RTP clocks of one sender's streams by its sender reports.
// RFC 3550 section 5.1: the initial timestamp of each stream "SHOULD be random", so timestamps of
// two streams mean nothing to each other until both have named a common time.
class SourceClocks {
 public:
  explicit SourceClocks(uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // A sender report of the stream: at the time `ntp` its clock stood at `rtp_timestamp`.
  void OnSenderReport(uint8_t stream, uint64_t ntp, uint32_t rtp_timestamp);
  // What the clock of stream `to` showed when that of `from` showed `timestamp`.
  [[nodiscard]] std::optional<uint32_t> Convert(uint8_t from, uint32_t timestamp, uint8_t to) const;

 private:
  struct Clock {
    uint64_t ntp = 0;
    uint32_t rtp_timestamp = 0;
    bool known = false;
  };

  uint32_t clock_rate_;
  std::array<Clock, LayerCounts::kMax> clocks_{};
};

}  // namespace millrace
