#include "media/source_clocks.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

constexpr uint64_t kSecond = uint64_t{1} << 32;

TEST(SourceClocksTest, KnowsNothingWithoutAReportOfBoth) {
  SourceClocks clocks(90'000);
  EXPECT_EQ(clocks.Convert(1, 5, 1), 5u);
  EXPECT_EQ(clocks.Convert(0, 5, 1), std::nullopt);
  clocks.OnSenderReport(0, kSecond, 1000);
  EXPECT_EQ(clocks.Convert(0, 5, 1), std::nullopt);
  EXPECT_EQ(clocks.Convert(1, 5, 0), std::nullopt);
}

TEST(SourceClocksTest, PutsATimeOnTheOtherStreamsClock) {
  SourceClocks clocks(90'000);
  clocks.OnSenderReport(0, 100 * kSecond, 4'294'967'000);
  clocks.OnSenderReport(1, 101 * kSecond + kSecond / 2, 7000);
  // Stream 0 shows 135,000 steps more when stream 1 shows 7,000.
  EXPECT_EQ(clocks.Convert(1, 7000, 0), 4'294'967'000u + 135'000u);
  EXPECT_EQ(clocks.Convert(0, 4'294'967'000u + 135'000u, 1), 7000u);
  EXPECT_EQ(clocks.Convert(1, 7000 - 135'000u, 0), 4'294'967'000u);
}

TEST(SourceClocksTest, TakesForgedTimesWithoutOverflow) {
  SourceClocks clocks(0xFFFF'FFFF);
  clocks.OnSenderReport(0, 0, 0);
  clocks.OnSenderReport(1, ~uint64_t{0}, 0xFFFF'FFFF);
  EXPECT_TRUE(clocks.Convert(0, 0xFFFF'FFFF, 1));
  EXPECT_TRUE(clocks.Convert(1, 0, 0));
  clocks.OnSenderReport(200, 1, 1);
  EXPECT_EQ(clocks.Convert(200, 1, 0), std::nullopt);
}

}  // namespace
}  // namespace millrace
