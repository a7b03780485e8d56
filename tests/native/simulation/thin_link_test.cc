// Viewers behind thin links: what they are sent follows what their links carry.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "simulation/seeds.h"
#include "simulation/thin_call.h"

namespace millrace {
namespace {

Timestamp At(int64_t seconds) { return Timestamp() + Duration::Seconds(seconds); }

double SecondsOf(Duration duration) { return static_cast<double>(duration.us()) / 1e6; }

// 3 Mbit/s, then 400 kbit/s from the 15th second to the 35th, then 3 Mbit/s again.
TEST(ThinLinkTest, LayersGoDownWithTheLinkAndComeBackWithIt) {
  for (uint64_t seed : Seeds()) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ThinCall call({.rates = {{At(0), 3'000'000}, {At(15), 400'000}, {At(35), 3'000'000}}}, seed);
    call.Watch(call.AddCamera());
    const ThinPicture& picture = call.picture(0);
    call.Run(Duration::Seconds(15));
    EXPECT_LE(picture.SteadyFrom(2, call.start()) - call.start(), Duration::Seconds(3));
    Timestamp shrank = call.now();
    call.Run(Duration::Seconds(3));
    (void)call.TakeQueueMax();
    EXPECT_EQ(picture.LayerAt(call.now()), 0);
    call.Run(Duration::Seconds(17));
    EXPECT_EQ(picture.LayerAt(call.now()), 0);
    // Probes fill the queue for a moment, and no more.
    EXPECT_LE(call.TakeQueueMax(), Duration::Millis(200));
    Timestamp widened = call.now();
    call.Run(Duration::Seconds(25));
    Timestamp back = picture.SteadyFrom(2, widened);
    EXPECT_LE(back - widened, Duration::Seconds(10));
    EXPECT_LE(picture.LongestFreeze(call.start() + Duration::Seconds(1), call.now()),
              Duration::Seconds(1));
    EXPECT_LE(call.TakeQueueMax(), Duration::Millis(200));
    // What of the wide link's picture waited when the thin one's began.
    EXPECT_LE(call.drops(DropReason::kPacingLimit), 60u);
    if (std::getenv("MILLRACE_SIMULATION_FIGURES")) {
      std::printf(
          "seed %llu: top after %.1f s, lowest %.1f s after the fall, top again after %.1f s, "
          "longest freeze %.2f s\n",
          static_cast<unsigned long long>(seed),
          SecondsOf(picture.SteadyFrom(2, call.start()) - call.start()),
          SecondsOf(picture.SteadyFrom(0, shrank) - shrank), SecondsOf(back - widened),
          SecondsOf(picture.LongestFreeze(call.start() + Duration::Seconds(1), call.now())));
    }
  }
}

// A link that was never full becomes a fifth of what is sent: what was believed of it says nothing.
TEST(ThinLinkTest, AWideLinkThatBecomesThinIsFollowedAtOnce) {
  for (uint64_t seed : Seeds()) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ThinCall call(
        {.rates = {{At(0), 10'000'000}, {At(15), 300'000}}, .queue = Duration::Millis(200)}, seed);
    call.Watch(call.AddCamera());
    const ThinPicture& picture = call.picture(0);
    call.Run(Duration::Seconds(15));
    Timestamp shrank = call.now();
    uint64_t before = call.target_bps();
    call.Run(Duration::Seconds(15));
    EXPECT_LE(picture.SteadyFrom(0, shrank) - shrank, Duration::Seconds(3));
    EXPECT_LE(picture.LongestFreeze(call.start() + Duration::Seconds(1), call.now()),
              Duration::Seconds(1));
    if (std::getenv("MILLRACE_SIMULATION_FIGURES")) {
      std::printf(
          "seed %llu: target %llu kbit/s, lowest %.1f s after the fall, longest freeze %.2f s\n",
          static_cast<unsigned long long>(seed), static_cast<unsigned long long>(before / 1000),
          SecondsOf(picture.SteadyFrom(0, shrank) - shrank),
          SecondsOf(picture.LongestFreeze(call.start() + Duration::Seconds(1), call.now())));
    }
  }
}

// A megabit carries a second layer of one camera and the lowest of the other.
class TwoCamerasTest : public testing::Test {
 protected:
  // Cameras that have run for a while, then their viewer.
  static void Begin(ThinCall& call) {
    call.AddCamera();
    call.AddCamera();
    call.Run(Duration::Seconds(3));
    call.Watch(0, 1);
    call.Watch(1, 10);
    call.Run(Duration::Seconds(10));
  }
  // The first camera's picture is the better one, or the second one's, for most of the time.
  static void ExpectBetter(ThinCall& call, size_t better, Duration duration) {
    call.Run(Duration::Seconds(4));
    Timestamp from = call.now();
    call.Run(duration);
    EXPECT_GE(call.picture(better).ShareWith(1, from), 0.6);
    EXPECT_LE(call.picture(1 - better).ShareWith(1, from), 0.2);
    EXPECT_EQ(call.picture(1 - better).ShareWith(0, from), 1.0);
  }
};

TEST_F(TwoCamerasTest, TheConsumerOfGreaterPriorityGetsItsLayersFirst) {
  for (uint64_t seed : Seeds()) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ThinCall call({.rates = {{At(0), 1'000'000}}}, seed);
    Begin(call);
    ExpectBetter(call, 1, Duration::Seconds(15));
    call.SetPriority(0, 200);
    ExpectBetter(call, 0, Duration::Seconds(15));
  }
}

TEST_F(TwoCamerasTest, WhatAPausedConsumerLeavesGoesToTheOther) {
  for (uint64_t seed : Seeds()) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ThinCall call({.rates = {{At(0), 1'000'000}}}, seed);
    Begin(call);
    call.SetPaused(1, true);
    call.Run(Duration::Seconds(4));
    Timestamp from = call.now();
    call.Run(Duration::Seconds(10));
    EXPECT_GE(call.picture(0).ShareWith(1, from), 0.9);
    EXPECT_EQ(call.picture(1).LayerAt(call.now()), -1);
    call.SetPaused(1, false);
    ExpectBetter(call, 1, Duration::Seconds(15));
  }
}

TEST(ThinLinkTest, AViewerWhoEstimatesItselfIsObeyed) {
  ThinCall call({.rates = {{At(0), 10'000'000}}}, 1, true);
  call.Watch(call.AddCamera());
  const std::pair<uint64_t, int> steps[] = {
      {5'000'000, 2}, {700'000, 1}, {200'000, 0}, {3'000'000, 2}};
  for (auto [bps, layer] : steps) {
    call.SetRemb(bps);
    call.Run(Duration::Seconds(4));
    EXPECT_EQ(call.picture(0).LayerAt(call.now()), layer) << bps;
    EXPECT_NEAR(static_cast<double>(call.target_bps()), static_cast<double>(bps), 20.0);
  }
  EXPECT_LE(call.picture(0).LongestFreeze(call.start() + Duration::Seconds(1), call.now()),
            Duration::Seconds(1));
}

// Too thin even for the lowest layer: nothing is sent in vain, and it comes back by itself.
TEST(ThinLinkTest, APictureThatDoesNotFitAtAllComesBackWhenItDoes) {
  ThinCall call({.rates = {{At(0), 3'000'000}, {At(5), 60'000}, {At(15), 1'000'000}}}, 3);
  call.Watch(call.AddCamera());
  call.Run(Duration::Seconds(15));
  EXPECT_LT(call.target_bps(), 150'000u);
  call.Run(Duration::Seconds(20));
  EXPECT_GE(call.picture(0).LayerAt(call.now()), 0);
}

}  // namespace
}  // namespace millrace
