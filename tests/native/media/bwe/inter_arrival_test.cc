#include "media/bwe/inter_arrival.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

TEST(InterArrivalTest, ComparesCompleteGroupsOfFiveMilliseconds) {
  InterArrival inter_arrival;
  EXPECT_FALSE(inter_arrival.Add(At(0), At(100)));
  EXPECT_FALSE(inter_arrival.Add(At(3), At(104)));
  EXPECT_FALSE(inter_arrival.Add(At(20), At(130)));
  EXPECT_FALSE(inter_arrival.Add(At(24), At(133)));
  std::optional<GroupDelta> delta = inter_arrival.Add(At(40), At(160));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->send, Duration::Millis(21));
  EXPECT_EQ(delta->arrival, Duration::Millis(29));
  EXPECT_EQ(delta->arrived, At(133));
}

TEST(InterArrivalTest, TakesWhatARadioHeldBackForOneGroup) {
  InterArrival inter_arrival;
  EXPECT_FALSE(inter_arrival.Add(At(0), At(100)));
  // Sent ten milliseconds apart each, and arrived at once.
  for (int i = 1; i <= 5; ++i) EXPECT_FALSE(inter_arrival.Add(At(10 * i), At(150 + i)));
  // The first group is complete only now that a second one is.
  std::optional<GroupDelta> delta = inter_arrival.Add(At(70), At(180));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->send, Duration::Millis(50));
  EXPECT_EQ(delta->arrival, Duration::Millis(55));
}

TEST(InterArrivalTest, LeavesOutAPacketThatLeftBeforeItsGroup) {
  InterArrival inter_arrival;
  EXPECT_FALSE(inter_arrival.Add(At(0), At(100)));
  EXPECT_FALSE(inter_arrival.Add(At(20), At(120)));
  EXPECT_FALSE(inter_arrival.Add(At(10), At(500)));
  std::optional<GroupDelta> delta = inter_arrival.Add(At(40), At(140));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->arrival, Duration::Millis(20));
}

TEST(InterArrivalTest, BeginsAnewAfterAWildTime) {
  InterArrival inter_arrival;
  (void)inter_arrival.Add(At(0), At(100));
  (void)inter_arrival.Add(At(20), At(120));
  (void)inter_arrival.Add(At(40), At(50'000));
  EXPECT_FALSE(inter_arrival.Add(At(60), At(160)));
  EXPECT_FALSE(inter_arrival.Add(At(80), At(180)));
  EXPECT_TRUE(inter_arrival.Add(At(100), At(200)));
}

}  // namespace
}  // namespace millrace
