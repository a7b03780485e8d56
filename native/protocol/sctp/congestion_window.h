#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace millrace {

// How many bytes may be under way at once (RFC 9260 section 7.2). Grows by what is acknowledged,
// halves once a loss episode, and starts over from one packet when the retransmission timer fires.
class CongestionWindow {
 public:
  explicit CongestionWindow(size_t packet_bytes);

  // `in_flight` is what was under way before the acknowledgement; `cumulative` whether it moved the
  // cumulative TSN, up to `tsn`.
  struct Acknowledged {
    size_t bytes = 0;
    size_t in_flight = 0;
    bool cumulative = false;
    int64_t tsn = 0;
  };
  void OnAcknowledged(const Acknowledged& acknowledged);
  // Three reports of a loss; `highest_sent` ends the episode when it is acknowledged.
  void OnLoss(int64_t highest_sent);
  void OnTimeout();
  // Nothing was sent for one retransmission timeout.
  void OnIdle();

  [[nodiscard]] size_t bytes() const { return bytes_; }
  [[nodiscard]] bool in_fast_recovery() const { return recovery_end_.has_value(); }

 private:
  void Halve();

  size_t packet_bytes_;
  size_t bytes_;
  size_t slow_start_threshold_;
  size_t partial_bytes_ = 0;
  std::optional<int64_t> recovery_end_;
};

}  // namespace millrace
