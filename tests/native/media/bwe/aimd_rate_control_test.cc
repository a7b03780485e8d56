#include "media/bwe/aimd_rate_control.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

constexpr uint64_t kStart = 1'000'000;

AimdRateControl::Input At(int64_t ms, DelayUsage usage, uint64_t acknowledged_bps) {
  return {.now = Timestamp::Millis(ms),
          .usage = usage,
          .acknowledged_bps = acknowledged_bps,
          .recent_bps = acknowledged_bps,
          .rtt = Duration::Millis(50)};
}

TEST(AimdRateControlTest, GrowsByEightPercentASecondWhileNothingIsKnown) {
  AimdRateControl control(kStart, {});
  for (int64_t ms = 0; ms <= 1'000; ms += 100) {
    (void)control.Add(At(ms, DelayUsage::kNormal, kStart));
  }
  EXPECT_NEAR(static_cast<double>(control.bps()), 1.08e6, 2e3);
  EXPECT_EQ(control.state(), AimdRateControl::State::kIncrease);
}

TEST(AimdRateControlTest, FallsBelowWhatArrivesAndWaitsForTheQueueToDrain) {
  AimdRateControl control(kStart, {});
  AimdRateControl::Update update = control.Add(At(0, DelayUsage::kOveruse, 800'000));
  EXPECT_TRUE(update.decreased);
  EXPECT_EQ(update.bps, 680'000u);
  EXPECT_EQ(control.state(), AimdRateControl::State::kDecrease);
  (void)control.Add(At(100, DelayUsage::kUnderuse, 680'000));
  EXPECT_EQ(control.state(), AimdRateControl::State::kHold);
  EXPECT_EQ(control.bps(), 680'000u);
  (void)control.Add(At(200, DelayUsage::kNormal, 680'000));
  EXPECT_EQ(control.state(), AimdRateControl::State::kIncrease);
}

TEST(AimdRateControlTest, OneQueueIsAnsweredOnce) {
  AimdRateControl control(kStart, {});
  EXPECT_TRUE(control.Add(At(0, DelayUsage::kOveruse, 900'000)).decreased);
  EXPECT_FALSE(control.Add(At(100, DelayUsage::kOveruse, 700'000)).decreased);
  EXPECT_TRUE(control.Add(At(160, DelayUsage::kOveruse, 700'000)).decreased);
  // Much less arrives: that is another event.
  EXPECT_TRUE(control.Add(At(170, DelayUsage::kOveruse, 200'000)).decreased);
  EXPECT_EQ(control.bps(), 170'000u);
}

TEST(AimdRateControlTest, GrowsSlowlyNearWhereThePathOverflowed) {
  AimdRateControl control(kStart, {});
  (void)control.Add(At(0, DelayUsage::kOveruse, 1'000'000));
  (void)control.Add(At(100, DelayUsage::kNormal, 850'000));
  uint64_t before = control.bps();
  for (int64_t ms = 200; ms <= 1'200; ms += 100) {
    (void)control.Add(At(ms, DelayUsage::kNormal, control.bps()));
  }
  EXPECT_GT(control.bps(), before + 10'000);
  EXPECT_LT(control.bps(), before + 60'000);
}

TEST(AimdRateControlTest, DoesNotRunAwayFromWhatArrives) {
  AimdRateControl control(kStart, {});
  for (int64_t ms = 0; ms < 60'000; ms += 100) {
    (void)control.Add(At(ms, DelayUsage::kNormal, 800'000));
  }
  EXPECT_LE(control.bps(), 1'215'000u);
}

TEST(AimdRateControlTest, ALimitedSenderNeitherRaisesNorLowersIt) {
  AimdRateControl control(kStart, {});
  for (int64_t ms = 0; ms < 60'000; ms += 100) {
    AimdRateControl::Input input = At(ms, DelayUsage::kNormal, 100'000);
    input.application_limited = true;
    (void)control.Add(input);
  }
  EXPECT_EQ(control.bps(), kStart);
}

TEST(AimdRateControlTest, StaysWithinItsBounds) {
  AimdRateControl control(kStart, BitrateBounds::Of(500'000, 1'100'000));
  for (int64_t ms = 0; ms < 10'000; ms += 100) {
    (void)control.Add(At(ms, DelayUsage::kNormal, 2'000'000));
  }
  EXPECT_EQ(control.bps(), 1'100'000u);
  (void)control.Add(At(10'000, DelayUsage::kOveruse, 0));
  EXPECT_EQ(control.bps(), 500'000u);
  control.SetBounds(BitrateBounds::Of(0, 300'000));
  EXPECT_EQ(control.bps(), 300'000u);
}

}  // namespace
}  // namespace millrace
