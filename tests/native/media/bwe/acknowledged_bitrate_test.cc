#include "media/bwe/acknowledged_bitrate.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

// One packet of 1,250 bytes each ten milliseconds: a megabit a second.
void AddMegabit(AcknowledgedBitrate& rate, int64_t from_ms, int64_t to_ms) {
  for (int64_t ms = from_ms; ms < to_ms; ms += 10) rate.Add(1250, At(ms));
}

TEST(AcknowledgedBitrateTest, IsWhatArrivedInHalfASecond) {
  AcknowledgedBitrate rate;
  EXPECT_FALSE(rate.BitsPerSecond());
  AddMegabit(rate, 0, 150);
  EXPECT_FALSE(rate.BitsPerSecond());
  AddMegabit(rate, 150, 1'010);
  EXPECT_NEAR(static_cast<double>(*rate.BitsPerSecond()), 1e6, 5e4);
}

TEST(AcknowledgedBitrateTest, AShortWindowSeesAFallSooner) {
  AcknowledgedBitrate rate;
  AddMegabit(rate, 0, 1'000);
  for (int64_t ms = 1'000; ms <= 1'210; ms += 100) rate.Add(1250, At(ms));
  EXPECT_LT(*rate.BitsPerSecond(AcknowledgedBitrate::kRecent), 200'000u);
  EXPECT_GT(*rate.BitsPerSecond(), 500'000u);
}

TEST(AcknowledgedBitrateTest, ASilenceIsABeginningAndNotAnAverage) {
  AcknowledgedBitrate rate;
  AddMegabit(rate, 0, 1'000);
  AddMegabit(rate, 60'000, 60'110);
  EXPECT_FALSE(rate.BitsPerSecond());
  AddMegabit(rate, 60'110, 60'510);
  EXPECT_NEAR(static_cast<double>(*rate.BitsPerSecond()), 1e6, 5e4);
}

TEST(AcknowledgedBitrateTest, TimesThatGoBackwardsDoNotCountTwice) {
  AcknowledgedBitrate rate;
  AddMegabit(rate, 10'000, 11'000);
  uint64_t before = *rate.BitsPerSecond();
  for (int i = 0; i < 1000; ++i) rate.Add(65'535, At(1'000));
  EXPECT_EQ(*rate.BitsPerSecond(), before);
}

}  // namespace
}  // namespace millrace
