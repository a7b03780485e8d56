#include "simulation/lossy_link.h"

#include <gtest/gtest.h>

#include <vector>

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

TEST(LossyLinkTest, DelaysAndLosesNothingByItself) {
  LossyLink link({.delay = Duration::Millis(30)}, 1);
  for (int64_t ms = 0; ms < 100; ++ms) {
    LossyLink::Arrivals arrivals = link.Send(1000, At(ms));
    ASSERT_EQ(arrivals.count, 1u);
    EXPECT_EQ(arrivals.at[0], At(ms + 30));
  }
  EXPECT_EQ(link.lost(), 0u);
}

TEST(LossyLinkTest, LosesTheShareThatItIsTold) {
  LossyLink link({.loss = 0.3}, 1);
  for (int64_t i = 0; i < 20'000; ++i) (void)link.Send(1000, At(i));
  EXPECT_NEAR(static_cast<double>(link.lost()) / 20'000, 0.3, 0.02);
}

TEST(LossyLinkTest, LosesInBursts) {
  LossyLink link({.loss = 0.05, .burst_length = 20}, 1);
  size_t bursts = 0;
  bool in_burst = false;
  for (int64_t i = 0; i < 200'000; ++i) {
    bool lost = link.Send(1000, At(i)).count == 0;
    bursts += lost && !in_burst ? 1u : 0u;
    in_burst = lost;
  }
  EXPECT_NEAR(static_cast<double>(link.lost()) / 200'000, 0.05, 0.01);
  EXPECT_NEAR(static_cast<double>(link.lost()) / static_cast<double>(bursts), 20, 3);
}

TEST(LossyLinkTest, KeepsTheOrderDespiteJitter) {
  LossyLink link({.delay = Duration::Millis(100), .jitter = Duration::Millis(50)}, 1);
  Timestamp last;
  for (int64_t i = 0; i < 1000; ++i) {
    Timestamp arrival = link.Send(1000, At(i)).at[0];
    EXPECT_GE(arrival, last);
    EXPECT_GE(arrival, At(i + 50));
    last = arrival;
  }
}

TEST(LossyLinkTest, OvertakesAndRepeatsWhenTold) {
  LossyLink link({.reorder = 0.25, .duplicate = 0.05}, 1);
  size_t overtaken = 0;
  size_t repeated = 0;
  Timestamp newest;
  for (int64_t i = 0; i < 10'000; ++i) {
    LossyLink::Arrivals arrivals = link.Send(1000, At(i));
    repeated += arrivals.count - 1;
    overtaken += arrivals.at[0] < newest ? 1u : 0u;
    newest = std::max(newest, arrivals.at[0]);
  }
  EXPECT_NEAR(static_cast<double>(repeated) / 10'000, 0.05, 0.01);
  EXPECT_GT(overtaken, 1000u);
}

TEST(LossyLinkTest, ASlowLineMakesAQueueAndThenLoses) {
  // A datagram of 1,250 bytes takes 10 ms.
  LossyLink link(
      {.delay = Duration(), .bits_per_second = 1'000'000, .queue_max = Duration::Millis(95)}, 1);
  for (int64_t i = 1; i <= 10; ++i) EXPECT_EQ(link.Send(1250, At(0)).at[0], At(i * 10));
  EXPECT_EQ(link.Send(1250, At(0)).count, 0u);
  EXPECT_EQ(link.Send(1250, At(50)).at[0], At(110));
}

TEST(LossyLinkTest, ACutLineIsSilentUntilItIsMended) {
  LossyLink link({}, 1);
  link.SetCut(true);
  EXPECT_EQ(link.Send(1000, At(0)).count, 0u);
  link.SetCut(false);
  EXPECT_EQ(link.Send(1000, At(1)).count, 1u);
}

}  // namespace
}  // namespace millrace
