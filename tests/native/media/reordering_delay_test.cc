#include "media/reordering_delay.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

TEST(ReorderingDelayTest, WaitsTheLeastWhileNothingComesLate) {
  ReorderingDelay delay;
  EXPECT_EQ(delay.At(At(0)), ReorderingDelay::kMin);
  for (int i = 0; i < 100; ++i) delay.WasLost();
  EXPECT_EQ(delay.At(At(1000)), ReorderingDelay::kMin);
}

TEST(ReorderingDelayTest, SettlesWhereOneInTwentyComesLater) {
  ReorderingDelay delay;
  Random random(3);
  int later = 0;
  for (int64_t i = 0; i < 4000; ++i) {
    Duration lateness = Duration::Millis(random.Below(80));
    later += i >= 2000 && lateness > delay.At(At(i * 10));
    delay.CameLate(lateness, At(i * 10));
  }
  EXPECT_GT(delay.At(At(40'000)), Duration::Millis(60));
  EXPECT_LE(later, 2000 / 20 + 30);
}

TEST(ReorderingDelayTest, OneLatePacketChangesLittle) {
  ReorderingDelay delay;
  delay.CameLate(Duration::Seconds(1), At(0));
  EXPECT_LT(delay.At(At(0)), Duration::Millis(15));
}

TEST(ReorderingDelayTest, NeverWaitsBeyondItsBound) {
  ReorderingDelay delay;
  for (int i = 0; i < 1000; ++i) delay.CameAfterRepair(At(i));
  EXPECT_EQ(delay.At(At(1000)), ReorderingDelay::kMax);
}

TEST(ReorderingDelayTest, ForgetsWhenThePathKeepsTheOrderAgain) {
  ReorderingDelay delay;
  for (int i = 0; i < 1000; ++i) delay.CameAfterRepair(At(i));
  EXPECT_LE(delay.At(At(6000)), Duration::Millis(65));
  EXPECT_LE(delay.At(At(60'000)), Duration::Millis(11));
}

TEST(ReorderingDelayTest, LossesShortenIt) {
  ReorderingDelay delay;
  for (int i = 0; i < 1000; ++i) delay.CameAfterRepair(At(i));
  for (int i = 0; i < 1000; ++i) delay.WasLost();
  EXPECT_EQ(delay.At(At(1000)), ReorderingDelay::kMin);
}

}  // namespace
}  // namespace millrace
