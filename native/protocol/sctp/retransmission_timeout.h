#pragma once

#include "base/time.h"

namespace millrace {

// How long to wait for an acknowledgement (RFC 9260 section 6.3.1). The bounds are those of a path
// that ICE watches: it reports a dead path after 30 s, so nothing waits longer than 10.
class RetransmissionTimeout {
 public:
  static constexpr Duration kInitial = Duration::Millis(500);
  // Above the 200 ms for which a peer may hold its acknowledgement back.
  static constexpr Duration kMin = Duration::Millis(400);
  static constexpr Duration kMax = Duration::Seconds(10);

  void Measure(Duration rtt);
  // Section 6.3.3 E2: "RTO = RTO * 2 ("back off the timer")".
  void BackOff();

  [[nodiscard]] Duration value() const { return value_; }
  [[nodiscard]] Duration smoothed_rtt() const { return smoothed_; }

 private:
  Duration value_ = kInitial;
  Duration smoothed_;
  Duration variation_;
  bool measured_ = false;
};

}  // namespace millrace
