// The network changes the order, repeats, delays, or is gone for a while.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "simulation/call.h"
#include "simulation/seeds.h"

namespace millrace {
namespace {

constexpr LinkConditions kGood{};

// RT-10 and LI-05.
TEST(NetworkTest, DisorderAndRepetitionsEndAtTheWorker) {
  ForEachSeed([](uint64_t seed) {
    LinkConditions wild{.delay = Duration::Millis(100),
                        .jitter = Duration::Millis(50),
                        .reorder = 0.25,
                        .duplicate = 0.05};
    for (bool at_viewer : {true, false}) {
      SCOPED_TRACE(at_viewer ? "viewer's path" : "publisher's path");
      Call call(seed, at_viewer ? kGood : wild, at_viewer ? wild : kGood);
      call.simulation.Run(Call::kWarmUp);
      Quality quality = call.Watch(Duration::Seconds(30));
      PrintQuality(at_viewer ? "disorder, viewer's path" : "disorder, publisher's path", seed,
                   quality);
      // No packet leaves twice under its own number: the laws see to that.
      ExpectLawful(call.simulation);
      EXPECT_EQ(quality.within_500_ms, quality.expected);
      EXPECT_LE(quality.longest_freeze, Duration::Millis(500));
      if (!at_viewer) {
        uint64_t repeated = call.simulation.drops(DropReason::kSrtpReplay) +
                            call.simulation.drops(DropReason::kDuplicate);
        EXPECT_GT(repeated, 0u);
        std::printf("    asked again for %.1f %% of the packets\n",
                    100.0 * static_cast<double>(call.simulation.laws().nacked(call.video)) /
                        static_cast<double>(call.simulation.laws().arrived(call.video)));
        EXPECT_LE(call.simulation.laws().key_frame_requests(call.video), 1u);
      }
    }
  });
}

TEST(NetworkTest, ASlowLineDelaysButLosesNothing) {
  ForEachSeed([](uint64_t seed) {
    LinkConditions slow{.bits_per_second = 2'500'000};
    Call call(seed, slow, slow);
    call.simulation.Run(Call::kWarmUp);
    Quality quality = call.Watch(Duration::Seconds(20));
    PrintQuality("2.5 Mbit/s", seed, quality);
    ExpectLawful(call.simulation);
    EXPECT_EQ(quality.within_500_ms, quality.expected);
  });
}

// LI-03 and RT-09: nothing arrives for a while, in either direction of one path.
void Blackout(uint64_t seed, bool at_viewer, Duration length) {
  std::string what = std::to_string(length.ms()) + " ms blackout, " +
                     (at_viewer ? "viewer's path" : "publisher's path");
  SCOPED_TRACE(what);
  Call call(seed, kGood, kGood);
  Simulation& simulation = call.simulation;
  simulation.Run(Call::kWarmUp);
  // Not always at the same place between two pictures.
  simulation.Run(Duration::Millis(static_cast<int64_t>(seed % 7) * 13));
  size_t peer = at_viewer ? call.bob : call.alice;
  simulation.SetCut(peer, true, true);
  simulation.Run(length);
  simulation.SetCut(peer, false, false);
  Timestamp back = simulation.now();
  Quality after = call.Watch(Duration::Seconds(10));
  Duration wait = call.BackAfter(back);
  std::printf("  %-42s seed %d: picture back after %d ms\n", what.c_str(), static_cast<int>(seed),
              static_cast<int>(wait.ms()));
  ExpectLawful(simulation);
  EXPECT_LE(wait, Duration::Seconds(2));
  EXPECT_LE(after.longest_freeze, Duration::Seconds(2));
  // Sound needs no key frame: it goes on at once.
  Quality sound = simulation.QualityOf(call.heard, back, back + Duration::Seconds(10));
  EXPECT_EQ(sound.within_500_ms, sound.expected);
}

TEST(NetworkTest, ThePictureIsBackAfterABlackoutOfOneSecond) {
  ForEachSeed([](uint64_t seed) {
    Blackout(seed, true, Duration::Seconds(1));
    Blackout(seed, false, Duration::Seconds(1));
  });
}

TEST(NetworkTest, ThePictureIsBackAfterABlackoutOfFiveSeconds) {
  ForEachSeed([](uint64_t seed) {
    Blackout(seed, true, Duration::Seconds(5));
    Blackout(seed, false, Duration::Seconds(5));
  });
}

TEST(NetworkTest, APausedCallSurvivesTwentySecondsWithoutNetwork) {
  ForEachSeed([](uint64_t seed) {
    Call call(seed, kGood, kGood);
    Simulation& simulation = call.simulation;
    simulation.Run(Call::kWarmUp);
    simulation.SetProducerPaused(call.video, true);
    simulation.SetProducerPaused(call.audio, true);
    simulation.SetCut(call.alice, true, true);
    simulation.SetCut(call.bob, true, true);
    simulation.Run(Duration::Seconds(20));
    simulation.SetCut(call.alice, false, false);
    simulation.SetCut(call.bob, false, false);
    simulation.SetProducerPaused(call.video, false);
    simulation.SetProducerPaused(call.audio, false);
    Timestamp back = simulation.now();
    Quality after = call.Watch(Duration::Seconds(5));
    ExpectLawful(simulation);
    EXPECT_LE(call.BackAfter(back), Duration::Seconds(2));
    EXPECT_LE(after.longest_freeze, Duration::Seconds(2));
  });
}

}  // namespace
}  // namespace millrace
