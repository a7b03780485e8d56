#include "media/bwe/bitrate.h"

#include <gtest/gtest.h>

#include <limits>

namespace millrace {
namespace {

TEST(BitrateTest, BoundsAreARangeWhateverIsAsked) {
  EXPECT_EQ(BitrateBounds::Of(0, 0).min_bps, kBitrateMin);
  EXPECT_EQ(BitrateBounds::Of(0, 0).max_bps, kBitrateMax);
  BitrateBounds crossed = BitrateBounds::Of(2'000'000, 1'000'000);
  EXPECT_EQ(crossed.min_bps, 1'000'000u);
  EXPECT_EQ(crossed.max_bps, 1'000'000u);
  BitrateBounds wild = BitrateBounds::Of(std::numeric_limits<uint64_t>::max(), 1);
  EXPECT_EQ(wild.Clamp(0), kBitrateMin);
  EXPECT_EQ(wild.Clamp(std::numeric_limits<uint64_t>::max()), kBitrateMin);
}

TEST(BitrateTest, IsNeverUndefinedAndNeverBeyondTheRange) {
  EXPECT_EQ(BitrateFrom(std::numeric_limits<double>::quiet_NaN()), 0u);
  EXPECT_EQ(BitrateFrom(std::numeric_limits<double>::infinity()), kBitrateMax);
  EXPECT_EQ(BitrateFrom(-1), 0u);
  EXPECT_EQ(Scaled(std::numeric_limits<uint64_t>::max(), 2), kBitrateMax);
  EXPECT_EQ(Scaled(1000, 0.85), 850u);
  EXPECT_EQ(RateOf(1000, Duration()), 0u);
  EXPECT_EQ(RateOf(125, Duration::Millis(1)), 1'000'000u);
}

TEST(BitrateTest, ManyShortTimesBringAsMuchAsALongOne) {
  double bytes = 0;
  for (int i = 0; i < 100'000; ++i) bytes += BytesIn(Duration::Micros(10), 600'000);
  EXPECT_NEAR(bytes, 75'000, 1);
  EXPECT_EQ(TimeOf(75'000, 600'000), Duration::Seconds(1));
}

}  // namespace
}  // namespace millrace
