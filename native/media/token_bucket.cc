#include "media/token_bucket.h"

#include <algorithm>

namespace millrace {
namespace {

// Bounds that keep the product of rate and time within 64 bits.
constexpr uint64_t kRateMax = 1'000'000'000'000;
constexpr int64_t kElapsedUsMax = 3'600'000'000;
constexpr uint64_t kUsPerSecond = 1'000'000;

}  // namespace

TokenBucket::TokenBucket(uint64_t per_second, uint64_t burst)
    : per_second_(std::min(per_second, kRateMax)), burst_(burst), tokens_(burst) {}

bool TokenBucket::Take(uint64_t cost, Timestamp now) {
  if (per_second_ == 0) return true;
  Fill(now);
  if (cost > tokens_) return false;
  tokens_ -= cost;
  return true;
}

void TokenBucket::SetRate(uint64_t per_second, uint64_t burst) {
  per_second_ = std::min(per_second, kRateMax);
  burst_ = burst;
  tokens_ = std::min(tokens_, burst);
  remainder_ = 0;
}

void TokenBucket::Fill(Timestamp now) {
  if (!used_) {
    used_ = true;
    filled_at_ = now;
    return;
  }
  int64_t elapsed_us = std::min((now - filled_at_).us(), kElapsedUsMax);
  if (elapsed_us <= 0) return;
  filled_at_ = now;
  uint64_t us = static_cast<uint64_t>(elapsed_us);
  uint64_t millionths = us % kUsPerSecond * per_second_ + remainder_;
  uint64_t added = us / kUsPerSecond * per_second_ + millionths / kUsPerSecond;
  remainder_ = millionths % kUsPerSecond;
  tokens_ = added >= burst_ - tokens_ ? burst_ : tokens_ + added;
  if (tokens_ == burst_) remainder_ = 0;
}

}  // namespace millrace
