#include "media/bwe/trendline.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

// Groups every ten milliseconds whose delay changes by `step` each.
Trendline After(int groups, Duration step) {
  Trendline trendline;
  Timestamp arrived = Timestamp::Millis(1'000);
  for (int i = 0; i < groups; ++i) {
    Duration arrival = Duration::Millis(10) + step;
    arrived = arrived + arrival;
    trendline.Add({.send = Duration::Millis(10), .arrival = arrival, .arrived = arrived});
  }
  return trendline;
}

TEST(TrendlineTest, KnowsNothingBeforeItsPointsAreThere) {
  EXPECT_EQ(After(static_cast<int>(Trendline::kPoints) - 1, Duration::Millis(5)).slope(), 0);
  EXPECT_GT(After(static_cast<int>(Trendline::kPoints), Duration::Millis(5)).slope(), 0);
}

TEST(TrendlineTest, IsTheGrowthOfTheDelayInTime) {
  // One millisecond more in each eleven.
  EXPECT_NEAR(After(200, Duration::Millis(1)).slope(), 1.0 / 11, 1e-3);
  EXPECT_NEAR(After(200, Duration::Millis(-1)).slope(), -1.0 / 9, 1e-3);
  EXPECT_EQ(After(200, Duration()).slope(), 0);
}

TEST(TrendlineTest, StaysWhenAllArrivesAtOneTime) {
  Trendline trendline;
  for (int i = 0; i < 100; ++i) {
    trendline.Add({.send = {}, .arrival = {}, .arrived = Timestamp::Millis(5)});
  }
  EXPECT_EQ(trendline.slope(), 0);
}

TEST(TrendlineTest, ForgetsWithReset) {
  Trendline trendline = After(200, Duration::Millis(1));
  trendline.Reset();
  EXPECT_EQ(trendline.slope(), 0);
  EXPECT_EQ(trendline.groups(), 0u);
}

}  // namespace
}  // namespace millrace
