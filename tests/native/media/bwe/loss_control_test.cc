#include "media/bwe/loss_control.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace millrace {
namespace {

// A sender that obeys the bound, on a path that carries `capacity` of what is sent and loses a
// share of the rest; one report each tenth of a second.
class Path {
 public:
  LossControl::Update Run(Duration time, uint64_t capacity_bps, double loss) {
    LossControl::Update update;
    for (Timestamp end = now_ + time; now_ < end; now_ = now_ + Duration::Millis(100)) {
      uint64_t sent = std::min({source_bps, target_bps, control.bound_bps().value_or(target_bps)});
      double carried = std::min(1.0, static_cast<double>(capacity_bps) / static_cast<double>(sent));
      lost_ += 20 * (1 - carried * (1 - loss));
      uint32_t lost = static_cast<uint32_t>(lost_);
      lost_ -= lost;
      update = control.Add({.now = now_,
                            .received = 20 - lost,
                            .lost = lost,
                            .sent_bps = sent,
                            .target_bps = target_bps,
                            .rtt = Duration::Millis(50)});
      falls += update.decreased;
    }
    return update;
  }

  LossControl control;
  uint64_t target_bps = 2'000'000;
  uint64_t source_bps = kBitrateMax;  // what there is to send
  int falls = 0;

 private:
  Timestamp now_ = Timestamp::Millis(1'000);
  double lost_ = 0;
};

constexpr uint64_t kWide = 100'000'000;

TEST(LossControlTest, LittleLossBoundsNothing) {
  Path path;
  EXPECT_FALSE(path.Run(Duration::Seconds(10), kWide, 0.05).bound_bps);
  EXPECT_NEAR(path.control.loss(), 0.05, 0.02);
  EXPECT_EQ(path.falls, 0);
}

TEST(LossControlTest, FallsToWhatAFullLinkCarries) {
  Path path;
  LossControl::Update update = path.Run(Duration::Seconds(10), 1'000'000, 0);
  ASSERT_TRUE(update.bound_bps);
  EXPECT_LT(*update.bound_bps, 1'150'000u);
  EXPECT_GT(*update.bound_bps, 700'000u);
  EXPECT_LT(path.control.own_loss(), 0.05);
}

TEST(LossControlTest, TakesBackAFallThatChangedNothing) {
  Path path;
  EXPECT_FALSE(path.Run(Duration::Seconds(20), kWide, 0.15).bound_bps);
  EXPECT_NEAR(path.control.own_loss(), 0.15, 0.03);
  int falls = path.falls;
  EXPECT_GT(falls, 0);
  EXPECT_FALSE(path.Run(Duration::Seconds(60), kWide, 0.15).bound_bps);
  EXPECT_EQ(path.falls, falls);
}

TEST(LossControlTest, SeesCongestionBeyondThePathsOwnLoss) {
  Path path;
  (void)path.Run(Duration::Seconds(20), kWide, 0.15);
  LossControl::Update update = path.Run(Duration::Seconds(10), 1'000'000, 0.15);
  ASSERT_TRUE(update.bound_bps);
  EXPECT_LT(*update.bound_bps, 1'250'000u);
}

TEST(LossControlTest, GrowsAgainWhenTheLossIsGone) {
  Path path;
  ASSERT_TRUE(path.Run(Duration::Seconds(10), 1'000'000, 0).bound_bps);
  EXPECT_FALSE(path.Run(Duration::Seconds(20), kWide, 0).bound_bps);
  EXPECT_EQ(path.control.loss(), 0);
}

TEST(LossControlTest, ForgetsThePathsOwnLossWhenItGetsBetter) {
  Path path;
  (void)path.Run(Duration::Seconds(20), kWide, 0.15);
  (void)path.Run(Duration::Seconds(30), kWide, 0);
  EXPECT_LT(path.control.own_loss(), 0.03);
}

TEST(LossControlTest, LossOfASenderWithLittleToSendIsNotItsEstimatesFault) {
  Path path;
  path.source_bps = 40'000;
  EXPECT_FALSE(path.Run(Duration::Seconds(60), kWide, 0.15).bound_bps);
  path.source_bps = kBitrateMax;
  EXPECT_TRUE(path.Run(Duration::Seconds(2), 1'000'000, 0).bound_bps);
}

TEST(LossControlTest, NoCallIsMadeOfAPathThatLosesHalf) {
  Path path;
  LossControl::Update update = path.Run(Duration::Seconds(30), kWide, 0.5);
  ASSERT_TRUE(update.bound_bps);
  EXPECT_LE(path.control.own_loss(), LossControl::kOwnLossMax);
  EXPECT_LT(*update.bound_bps, 500'000u);
}

}  // namespace
}  // namespace millrace
