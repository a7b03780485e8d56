#include "media/key_frame_gate.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

TEST(KeyFrameGateTest, LetsOneOfManyRequestsThrough) {
  KeyFrameGate gate;
  int sent = 0;
  for (int i = 0; i < 500; ++i) sent += gate.Ask(At(0)) ? 1 : 0;
  EXPECT_EQ(sent, 1);
  EXPECT_EQ(gate.deadline(), At(1000));
}

TEST(KeyFrameGateTest, FirstRequestPassesAtAnyTime) {
  KeyFrameGate gate;
  EXPECT_TRUE(gate.Ask(Timestamp::Micros(0)));
}

TEST(KeyFrameGateTest, IsSilentOnceTheKeyFrameCame) {
  KeyFrameGate gate;
  EXPECT_TRUE(gate.Ask(At(0)));
  gate.KeyFrameReceived();
  EXPECT_EQ(gate.deadline(), Timestamp::Never());
  EXPECT_FALSE(gate.OnDeadline(At(1000)));
}

TEST(KeyFrameGateTest, RemembersWhoAsksTooSoonAfterAKeyFrame) {
  KeyFrameGate gate;
  EXPECT_TRUE(gate.Ask(At(0)));
  gate.KeyFrameReceived();
  EXPECT_FALSE(gate.Ask(At(300)));
  EXPECT_EQ(gate.deadline(), At(1000));
  EXPECT_FALSE(gate.OnDeadline(At(999)));
  EXPECT_TRUE(gate.OnDeadline(At(1000)));
}

TEST(KeyFrameGateTest, OwesNothingWhenAKeyFrameCameAfterTheRequest) {
  KeyFrameGate gate;
  EXPECT_TRUE(gate.Ask(At(0)));
  gate.KeyFrameReceived();
  EXPECT_FALSE(gate.Ask(At(300)));
  gate.KeyFrameReceived();
  EXPECT_FALSE(gate.OnDeadline(At(1000)));
}

TEST(KeyFrameGateTest, RepeatsALostRequestAFewTimes) {
  KeyFrameGate gate;
  EXPECT_TRUE(gate.Ask(At(0)));
  int sent = 0;
  for (int64_t ms = 0; ms < 20'000; ++ms) sent += gate.OnDeadline(At(ms)) ? 1 : 0;
  EXPECT_EQ(sent, KeyFrameGate::kRepeatsMax);
  EXPECT_EQ(gate.deadline(), Timestamp::Never());
  EXPECT_TRUE(gate.Ask(At(20'000)));
}

TEST(KeyFrameGateTest, CancelForgetsWhatIsOwedButNotTheInterval) {
  KeyFrameGate gate;
  EXPECT_TRUE(gate.Ask(At(0)));
  gate.Cancel();
  EXPECT_EQ(gate.deadline(), Timestamp::Never());
  EXPECT_FALSE(gate.Ask(At(500)));
  EXPECT_TRUE(gate.Ask(At(1000)));
}

TEST(KeyFrameGateTest, NeverSendsTwiceAnIntervalForAnySeed) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Random random(seed);
    KeyFrameGate gate;
    int64_t last = -1'000'000;
    int sent = 0;
    for (int64_t ms = 0; ms < 60'000; ++ms) {
      bool send = gate.OnDeadline(At(ms));
      if (random.Below(100) == 0) gate.KeyFrameReceived();
      if (random.Below(3) == 0) send |= gate.Ask(At(ms));
      if (!send) continue;
      ASSERT_GE(ms - last, 1000) << "seed " << seed;
      last = ms;
      ++sent;
    }
    EXPECT_GE(sent, 55);
  }
}

}  // namespace
}  // namespace millrace
