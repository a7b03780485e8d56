#include "media/remb_limiter.h"

namespace millrace {

void RembLimiter::SetMaxIncomingBitrate(uint64_t bits_per_second, Timestamp now) {
  if (bits_per_second == limit_) return;
  lifted_left_ = bits_per_second == 0 ? kLiftedMessages : 0;
  limit_ = bits_per_second;
  deadline_ = now;
}

std::optional<uint64_t> RembLimiter::OnDeadline(Timestamp now) {
  if (now < deadline_) return std::nullopt;
  deadline_ = now + kInterval;
  if (limit_ > 0) return limit_;
  --lifted_left_;
  if (lifted_left_ == 0) deadline_ = Timestamp::Never();
  return kUnlimited;
}

}  // namespace millrace
