#include "media/rate_counter.h"

#include <algorithm>

namespace millrace {

void RateCounter::Add(size_t bytes, Timestamp now) {
  int64_t bucket = now.us() / kBucketUs;
  if (!used_ || bucket > newest_) Advance(bucket);
  uint32_t& count = buckets_[static_cast<uint64_t>(newest_) % kBuckets];
  count += static_cast<uint32_t>(bytes);
  sum_ += static_cast<uint32_t>(bytes);
}

uint64_t RateCounter::BitsPerSecond(Timestamp now) const {
  if (!used_) return 0;
  int64_t bucket = std::max(now.us() / kBucketUs, newest_);
  int64_t passed = bucket - newest_;
  if (passed >= static_cast<int64_t>(kBuckets)) return 0;
  uint64_t sum = sum_;
  for (int64_t i = 1; i <= passed; ++i) {
    sum -= buckets_[static_cast<uint64_t>(newest_ + i) % kBuckets];
  }
  int64_t covered = std::clamp(bucket - first_ + 1, kBucketsMin, static_cast<int64_t>(kBuckets));
  constexpr uint64_t kBitsTimesBucketsPerSecond = 8 * 1'000'000 / kBucketUs;
  return sum * kBitsTimesBucketsPerSecond / static_cast<uint64_t>(covered);
}

void RateCounter::Reset() { *this = RateCounter(); }

void RateCounter::Advance(int64_t bucket) {
  if (!used_ || bucket - newest_ >= static_cast<int64_t>(kBuckets)) {
    buckets_.fill(0);
    sum_ = 0;
    first_ = bucket;
    used_ = true;
    newest_ = bucket;
    return;
  }
  while (newest_ < bucket) {
    ++newest_;
    uint32_t& count = buckets_[static_cast<uint64_t>(newest_) % kBuckets];
    sum_ -= count;
    count = 0;
  }
}

}  // namespace millrace
