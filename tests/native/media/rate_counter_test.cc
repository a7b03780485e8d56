#include "media/rate_counter.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(RateCounterTest, MeasuresASteadyRate) {
  RateCounter rate;
  Timestamp now = Timestamp::Millis((int64_t{1} << 32) - 3000);
  for (int i = 0; i < 1000; ++i) {
    rate.Add(1250, now);
    now = now + Duration::Millis(10);
    if (i > 300) {
      ASSERT_NEAR(static_cast<double>(rate.BitsPerSecond(now)), 1e6, 5e4);
    }
  }
}

TEST(RateCounterTest, KnowsTheRateOfAYoungStream) {
  RateCounter rate;
  for (int i = 0; i < 100; ++i) rate.Add(1250, Timestamp::Millis(i * 10));
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Millis(999)), 1'000'000u);
}

TEST(RateCounterTest, FallsToNothingInSilence) {
  RateCounter rate;
  rate.Add(125'000, Timestamp::Millis(50));
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Millis(2499)), 400'000u);
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Millis(2500)), 0u);
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Micros(int64_t{1} << 52)), 0u);
  rate.Add(12'500, Timestamp::Micros(int64_t{1} << 52));
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Micros(int64_t{1} << 52)), 100'000u);
}

TEST(RateCounterTest, ForgetsOneBucketAtATime) {
  RateCounter rate;
  for (int bucket = 0; bucket < 25; ++bucket) rate.Add(1000, Timestamp::Millis(bucket * 100));
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Millis(2400)), 80'000u);
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Millis(2500)), 76'800u);
  rate.Add(1000, Timestamp::Millis(2500));
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Millis(2500)), 80'000u);
}

TEST(RateCounterTest, CountsATimeBeforeTheNewestAsTheNewest) {
  RateCounter rate;
  rate.Add(1000, Timestamp::Millis(5000));
  rate.Add(1000, Timestamp::Millis(100));
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Millis(5000)), 16'000u);
  rate.Reset();
  EXPECT_EQ(rate.BitsPerSecond(Timestamp::Millis(5000)), 0u);
}

}  // namespace
}  // namespace millrace
