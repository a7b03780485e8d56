#include "media/repair_delay.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

constexpr RepairDelay::Leg kNear{.rtt = Duration::Millis(50), .loss = 0};
constexpr RepairDelay::Leg kFarAndLossy{.rtt = Duration::Millis(400), .loss = 0.05};

Duration AfterReports(RepairDelay& delay, const RepairDelay::Leg& up, const RepairDelay::Leg& down,
                      int reports, Timestamp& now) {
  for (int i = 0; i < reports; ++i) {
    (void)delay.Update(up, down, now);
    now = now + Duration::Seconds(1);
  }
  return delay.delay();
}

TEST(RepairDelayTest, NobodyWaitsWhereNothingIsLost) {
  RepairDelay delay;
  Timestamp now;
  EXPECT_EQ(AfterReports(delay, kNear, {.rtt = Duration::Millis(400)}, 20, now), Duration());
}

TEST(RepairDelayTest, ALossyLegCostsItsRoundTrip) {
  RepairDelay delay;
  Timestamp now;
  EXPECT_EQ(AfterReports(delay, kNear, kFarAndLossy, 5, now), Duration::Millis(430));
}

TEST(RepairDelayTest, BothLegsAddUpButNoOneWaitsForLongerThanASecond) {
  RepairDelay delay;
  Timestamp now;
  EXPECT_EQ(AfterReports(delay, kFarAndLossy, kFarAndLossy, 5, now), Duration::Millis(860));
  RepairDelay::Leg worse{.rtt = Duration::Millis(400), .loss = 0.3};
  EXPECT_EQ(AfterReports(delay, worse, worse, 10, now), RepairDelay::kMax);
}

TEST(RepairDelayTest, HeavyLossTakesMoreThanOneRequest) {
  RepairDelay delay;
  Timestamp now;
  RepairDelay::Leg lossy{.rtt = Duration::Millis(50), .loss = 0.3};
  EXPECT_EQ(AfterReports(delay, kNear, lossy, 10, now), Duration::Millis(30 + 50 + 3 * 100));
}

TEST(RepairDelayTest, AnOverflowingQueueIsNoReasonToWait) {
  RepairDelay delay;
  Timestamp now;
  RepairDelay::Leg full{.rtt = Duration::Millis(350), .loss = 0.8};
  EXPECT_EQ(AfterReports(delay, kNear, full, 5, now), Duration());
}

TEST(RepairDelayTest, FallsOnlyWhenTheLineHasBeenGoodForAWhile) {
  RepairDelay delay;
  Timestamp now;
  ASSERT_EQ(AfterReports(delay, kNear, kFarAndLossy, 5, now), Duration::Millis(430));
  EXPECT_EQ(AfterReports(delay, kNear, kNear, 8, now), Duration::Millis(430));
  EXPECT_EQ(AfterReports(delay, kNear, kNear, 20, now), Duration());
}

}  // namespace
}  // namespace millrace
