#include "media/remb_limiter.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

TEST(RembLimiterTest, IsSilentWithoutALimit) {
  RembLimiter limiter;
  EXPECT_EQ(limiter.deadline(), Timestamp::Never());
  limiter.SetMaxIncomingBitrate(0, At(0));
  EXPECT_EQ(limiter.deadline(), Timestamp::Never());
  EXPECT_FALSE(limiter.OnDeadline(At(1'000'000)));
}

TEST(RembLimiterTest, TellsALimitAtOnceAndAgain) {
  RembLimiter limiter;
  limiter.SetMaxIncomingBitrate(500'000, At(100));
  EXPECT_EQ(limiter.OnDeadline(At(100)), 500'000u);
  EXPECT_FALSE(limiter.OnDeadline(At(1599)));
  EXPECT_EQ(limiter.OnDeadline(At(1600)), 500'000u);
  limiter.SetMaxIncomingBitrate(300'000, At(1700));
  EXPECT_EQ(limiter.OnDeadline(At(1700)), 300'000u);
  EXPECT_EQ(limiter.max_incoming_bitrate(), 300'000u);
}

TEST(RembLimiterTest, TellsALiftedLimitAFewTimes) {
  RembLimiter limiter;
  limiter.SetMaxIncomingBitrate(500'000, At(0));
  (void)limiter.OnDeadline(At(0));
  limiter.SetMaxIncomingBitrate(0, At(10));
  int told = 0;
  for (int64_t ms = 10; ms < 60'000; ++ms) {
    std::optional<uint64_t> bitrate = limiter.OnDeadline(At(ms));
    if (!bitrate) continue;
    EXPECT_EQ(*bitrate, RembLimiter::kUnlimited);
    ++told;
  }
  EXPECT_EQ(told, RembLimiter::kLiftedMessages);
  EXPECT_EQ(limiter.deadline(), Timestamp::Never());
}

}  // namespace
}  // namespace millrace
