// The controller pauses, resumes and closes things in the middle of a call.
#include <gtest/gtest.h>

#include "simulation/call.h"
#include "simulation/seeds.h"

namespace millrace {
namespace {

// Bad enough that something is always missing or under way when the controller acts.
constexpr LinkConditions kBad{.loss = 0.05, .jitter = Duration::Millis(5), .reorder = 0.05};

TEST(ControlTest, APausedConsumerGetsNothingAndGoesOnWithoutASeam) {
  ForEachSeed([](uint64_t seed) {
    Call call(seed, kBad, kBad);
    Simulation& simulation = call.simulation;
    simulation.Run(Call::kWarmUp);
    for (int round = 0; round < 5; ++round) {
      simulation.SetConsumerPaused(call.seen, true);
      simulation.SetConsumerPaused(call.heard, true);
      simulation.Run(Duration::Millis(1500));
      uint64_t received = simulation.viewer(call.seen).received();
      simulation.Run(Duration::Millis(500));
      EXPECT_EQ(simulation.viewer(call.seen).received(), received);
      simulation.SetConsumerPaused(call.seen, false);
      simulation.SetConsumerPaused(call.heard, false);
      Timestamp resumed = simulation.now();
      simulation.Run(Duration::Seconds(4));
      EXPECT_LE(call.BackAfter(resumed), Duration::Seconds(2));
    }
    ExpectLawful(simulation);
    EXPECT_GE(simulation.laws().consumer(call.seen).stretches(), 6u);
  });
}

TEST(ControlTest, APausedProducerIsNotForwardedAndGoesOnWithoutASeam) {
  ForEachSeed([](uint64_t seed) {
    Call call(seed, kBad, kBad);
    Simulation& simulation = call.simulation;
    simulation.Run(Call::kWarmUp);
    for (int round = 0; round < 5; ++round) {
      simulation.SetProducerPaused(call.video, true);
      simulation.SetProducerPaused(call.audio, true);
      simulation.Run(Duration::Millis(2000));
      simulation.SetProducerPaused(call.video, false);
      simulation.SetProducerPaused(call.audio, false);
      Timestamp resumed = simulation.now();
      simulation.Run(Duration::Seconds(4));
      EXPECT_LE(call.BackAfter(resumed), Duration::Seconds(2));
    }
    ExpectLawful(simulation);
    EXPECT_GT(simulation.drops(DropReason::kProducerPaused), 0u);
  });
}

TEST(ControlTest, NothingLeavesForAClosedConsumer) {
  ForEachSeed([](uint64_t seed) {
    Call call(seed, kBad, kBad);
    Simulation& simulation = call.simulation;
    size_t other = simulation.Consume(simulation.AddPeer(kBad), call.video);
    simulation.Run(Call::kWarmUp);
    simulation.CloseConsumer(call.seen);
    Timestamp closed = simulation.now();
    simulation.Run(Duration::Millis(100));
    uint64_t received = simulation.viewer(call.seen).received();
    simulation.Run(Duration::Seconds(5));
    ExpectLawful(simulation);
    EXPECT_EQ(simulation.viewer(call.seen).received(), received);
    EXPECT_LE(simulation.viewer(other).decoder().LongestFreeze(closed, simulation.now()),
              Duration::Seconds(1));
  });
}

TEST(ControlTest, NothingIsAskedOfAClosedProducer) {
  ForEachSeed([](uint64_t seed) {
    Call call(seed, kBad, kBad);
    Simulation& simulation = call.simulation;
    simulation.Run(Call::kWarmUp);
    simulation.CloseProducer(call.video);
    simulation.Run(Duration::Seconds(3));
    EXPECT_GT(simulation.drops(DropReason::kUnknownStream), 0u);
    // Sound goes on.
    Timestamp from = simulation.now();
    simulation.Run(Duration::Seconds(3));
    ExpectLawful(simulation);
    Quality sound = simulation.QualityOf(call.heard, from, simulation.now() - Duration::Seconds(1));
    EXPECT_GT(sound.share_ever(), 0.8);
  });
}

TEST(ControlTest, AClosedTransportTakesItsOwnAndNothingElse) {
  ForEachSeed([](uint64_t seed) {
    Call call(seed, kBad, kBad);
    Simulation& simulation = call.simulation;
    size_t carol = simulation.AddPeer(kBad);
    size_t other_video = simulation.Produce(carol, SourceSettings::Video());
    size_t other = simulation.Consume(call.bob, other_video);
    simulation.Run(Call::kWarmUp);
    simulation.CloseTransport(call.alice);
    Timestamp closed = simulation.now();
    simulation.Run(Duration::Seconds(5));
    ExpectLawful(simulation);
    EXPECT_GT(simulation.drops(DropReason::kUnknownPath), 0u);
    EXPECT_LE(simulation.viewer(other).decoder().LongestFreeze(closed, simulation.now()),
              Duration::Seconds(1));
    simulation.CloseTransport(call.bob);
    simulation.Run(Duration::Seconds(2));
    ExpectLawful(simulation);
  });
}

}  // namespace
}  // namespace millrace
