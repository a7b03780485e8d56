#include "media/ntp_time.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "wire/rtcp/report_block.h"

namespace millrace {
namespace {

TEST(NtpTimeTest, HasSecondsAboveAndFractionsBelow) {
  EXPECT_EQ(ToNtp(Timestamp::Micros(3'500'000)), 0x0000'0003'8000'0000u);
  EXPECT_EQ(CompactNtp(ToNtp(Timestamp::Micros(3'500'000))), 0x0003'8000u);
}

TEST(NtpTimeTest, NeverLooksLikeNoReport) {
  EXPECT_NE(CompactNtp(ToNtp(Timestamp())), 0u);
  EXPECT_NE(CompactNtp(ToNtp(Timestamp::Micros(int64_t{65'536} * 1'000'000))), 0u);
}

TEST(NtpTimeTest, ClampsDurationsToWhatTheFormatHolds) {
  EXPECT_EQ(ToCompactNtp(Duration::Seconds(1)), 65'536u);
  EXPECT_EQ(ToCompactNtp(Duration::Micros(-5)), 0u);
  EXPECT_EQ(ToCompactNtp(Duration::Seconds(100'000)), UINT32_MAX);
  EXPECT_EQ(ToCompactNtp(Duration::Micros(INT64_MAX)), UINT32_MAX);
  EXPECT_EQ(FromCompactNtp(65'536 * 3 / 2), Duration::Millis(1500));
}

TEST(NtpTimeTest, CountsTicksForAnyTimeAndClock) {
  EXPECT_EQ(ToRtpTicks(1'000'000, 90'000), 90'000u);
  EXPECT_EQ(ToRtpTicks(20'000, 48'000), 960u);
  EXPECT_EQ(ToRtpTicks(-1'000'000, 90'000), static_cast<uint32_t>(-90'000));
  EXPECT_EQ(ToRtpTicks(INT64_MAX, 0), 0u);
  // 2^32 ms after the start (WK-08) a second is still a second.
  int64_t wrap_us = (int64_t{1} << 32) * 1000;
  EXPECT_EQ(ToRtpTicks(wrap_us + 1'000'000, 90'000) - ToRtpTicks(wrap_us, 90'000), 90'000u);
  (void)ToRtpTicks(INT64_MAX, UINT32_MAX);
  (void)ToRtpTicks(INT64_MIN, UINT32_MAX);
}

TEST(NtpTimeTest, FindsTheRoundTripForAnySeed) {
  Random random(3);
  for (int i = 0; i < 10'000; ++i) {
    Timestamp sent = Timestamp::Micros(static_cast<int64_t>(random.NextU64() >> 14));
    Duration rtt = Duration::Micros(random.Below(5'000'000));
    Duration held = Duration::Micros(random.Below(30'000'000));
    std::optional<Duration> found =
        RoundTripTime(sent + rtt + held, CompactNtp(ToNtp(sent)), ToCompactNtp(held));
    ASSERT_TRUE(found);
    ASSERT_LE(std::abs((*found - rtt).us()), 66);
    ASSERT_GT(found->us(), 0);
  }
}

TEST(NtpTimeTest, DoesNotBelieveForgedReports) {
  Timestamp now = Timestamp::Millis(1'000'000);
  uint32_t compact = CompactNtp(ToNtp(now));
  EXPECT_FALSE(RoundTripTime(now, 0, 0));                        // none yet
  EXPECT_FALSE(RoundTripTime(now, compact + 65'536, 0));         // from the future
  EXPECT_FALSE(RoundTripTime(now, compact, 65'536));             // held longer than it exists
  EXPECT_FALSE(RoundTripTime(now, compact - 11 * 65'536, 0));    // too long
  EXPECT_FALSE(RoundTripTime(now, UINT32_MAX, UINT32_MAX - 7));  // all ones
}

}  // namespace
}  // namespace millrace
