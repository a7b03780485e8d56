#include "protocol/sctp/retransmission_timeout.h"

#include <algorithm>

namespace millrace {

void RetransmissionTimeout::Measure(Duration rtt) {
  if (rtt < Duration()) return;
  if (!measured_) {
    // RFC 9260 6.3.1 C2: "SRTT = R, RTTVAR = R/2".
    measured_ = true;
    smoothed_ = rtt;
    variation_ = rtt / 2;
  } else {
    // C3, with RTO.Beta = 1/4 and RTO.Alpha = 1/8.
    Duration error = rtt > smoothed_ ? rtt - smoothed_ : smoothed_ - rtt;
    variation_ = (variation_ * 3 + error) / 4;
    smoothed_ = (smoothed_ * 7 + rtt) / 8;
  }
  value_ = std::clamp(smoothed_ + variation_ * 4, kMin, kMax);
}

void RetransmissionTimeout::BackOff() { value_ = std::min(value_ * 2, kMax); }

}  // namespace millrace
