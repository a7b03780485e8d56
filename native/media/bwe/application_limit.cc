#include "media/bwe/application_limit.h"

#include <algorithm>

namespace millrace {

void ApplicationLimit::Sent(uint32_t bytes, uint64_t estimate_bps, Timestamp now) {
  unused_bytes_ -= bytes;
  Pass(estimate_bps, now);
}

void ApplicationLimit::Pass(uint64_t estimate_bps, Timestamp now) {
  if (!used_) passed_ = now;
  used_ = true;
  uint64_t budget_bps = Scaled(estimate_bps, kUse);
  if (now > passed_) {
    unused_bytes_ += BytesIn(std::min(now - passed_, kWindow), budget_bps);
    passed_ = now;
  }
  double full = BytesIn(kWindow, budget_bps);
  unused_bytes_ = std::clamp(unused_bytes_, -full, full);
  limited_ = unused_bytes_ > full * (limited_ ? kEnd : kBegin);
}

}  // namespace millrace
