// Plays of requests, of the controller, and of time.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "simulation/call_plays.h"
#include "simulation/seeds.h"
#include "simulation/watch.h"

namespace millrace {
namespace {

constexpr LinkConditions kGood{};
constexpr LinkConditions kBad{.loss = 0.05, .jitter = Duration::Millis(5), .reorder = 0.05};

}  // namespace

Figures FiveHundredKeyFrameRequests(uint64_t seed) {
  constexpr size_t kViewers = 500;
  Simulation simulation(seed);
  size_t alice = simulation.AddPeer(kGood);
  SourceSettings camera = SourceSettings::Video();
  camera.frame_packets = 2;
  camera.key_frame_packets = 4;
  size_t video = simulation.Produce(alice, camera);
  std::vector<size_t> peers;
  std::vector<size_t> seen;
  for (size_t i = 0; i < kViewers; ++i) {
    peers.push_back(simulation.AddPeer(kGood));
    seen.push_back(simulation.Consume(peers.back(), video));
  }
  simulation.Run(Duration::Millis(1500));
  Watch watch(simulation, video, seen.front());
  // Three waves within one second, and one after it.
  for (int wave = 0; wave < 3; ++wave) {
    for (size_t peer : peers) simulation.AskKeyFrames(peer);
    simulation.Run(Duration::Millis(300));
  }
  simulation.Run(Duration::Millis(1300));
  for (size_t peer : peers) simulation.AskKeyFrames(peer);
  simulation.Run(Duration::Millis(900));
  Figures figures = watch.UntilNow();
  ExpectLawful(simulation);
  // The first wave, what the later ones were owed a second after it, and the last.
  EXPECT_EQ(figures.key_frames, 3.0);
  Timestamp end = simulation.now() - Duration::Millis(100);
  Timestamp from = end - Duration::Millis(1900);
  for (size_t consumer : seen) {
    Duration freeze = simulation.viewer(consumer).decoder().LongestFreeze(from, end);
    figures.freeze = std::max(*figures.freeze, freeze);
  }
  figures.late_500_ms.reset();  // of the last half second nothing can be said
  figures.late_1500_ms.reset();
  return figures;
}

Figures FloodOfNacks(uint64_t seed) {
  Call call(seed, kGood, kGood);
  Simulation& simulation = call.simulation;
  simulation.Run(Call::kWarmUp);
  Watch watch(call);
  // 5,000 numbers a second for ten seconds; what is not owed, the laws see.
  for (int i = 0; i < 500; ++i) {
    simulation.AskAgain(call.bob, 100);
    simulation.Run(Duration::Millis(20));
  }
  Figures figures = watch.For(Duration::Seconds(1));
  ExpectLawful(simulation);
  EXPECT_LE(*figures.resent, 1.0);
  return figures;
}

Figures StreamBeginsWithoutItsKeyFrame(uint64_t seed) {
  Simulation simulation(seed);
  size_t alice = simulation.AddPeer(kGood);
  size_t bob = simulation.AddPeer(kGood);
  simulation.SetCut(alice, true, false);
  size_t video = simulation.Produce(alice, SourceSettings::Video());
  size_t seen = simulation.Consume(bob, video);
  simulation.Run(Duration::Millis(100));
  simulation.SetCut(alice, false, false);
  Timestamp from = simulation.now();
  simulation.Run(Duration::Seconds(3));
  EXPECT_GE(simulation.laws().key_frame_requests(video), 1u);
  Figures figures = Watch(simulation, video, seen).For(Duration::Seconds(5));
  figures.recovery = simulation.viewer(seen).decoder().FirstShownAfter(from) - from;
  ExpectLawful(simulation);
  return figures;
}

Figures LateViewersOnABadNetwork(uint64_t seed) {
  LinkConditions bad{.loss = 0.1};
  Call call(seed, bad, bad);
  Simulation& simulation = call.simulation;
  simulation.Run(Call::kWarmUp);
  Watch watch(call);
  Duration slowest;
  for (int i = 0; i < 10; ++i) {
    size_t late = simulation.Consume(simulation.AddPeer(bad), call.video);
    Timestamp joined = simulation.now();
    simulation.Run(Duration::Seconds(5));
    slowest = std::max(slowest, simulation.viewer(late).decoder().FirstShownAfter(joined) - joined);
  }
  Figures figures = watch.For(Duration::Seconds(1));
  figures.recovery = slowest;
  ExpectLawful(simulation);
  return figures;
}

Figures NobodyWatches(uint64_t seed) {
  Simulation simulation(seed);
  size_t alice = simulation.AddPeer(kGood);
  size_t video = simulation.Produce(alice, SourceSettings::Video());
  simulation.Run(Duration::Seconds(5));
  EXPECT_EQ(simulation.Verdict(), "");
  return {.packets = simulation.laws().arrived(video),
          .key_frames = static_cast<double>(simulation.laws().key_frame_requests(video))};
}

Figures ConsumerPausedAndResumed(uint64_t seed) {
  Call call(seed, kBad, kBad);
  Simulation& simulation = call.simulation;
  simulation.Run(Call::kWarmUp);
  Duration slowest;
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
    slowest = std::max(slowest, call.BackAfter(resumed));
  }
  Figures figures = Watch(call).For(Duration::Seconds(5));
  figures.recovery = slowest;
  ExpectLawful(simulation);
  EXPECT_GE(simulation.laws().consumer(call.seen).stretches(), 6u);
  return figures;
}

Figures ProducerPausedAndResumed(uint64_t seed) {
  Call call(seed, kBad, kBad);
  Simulation& simulation = call.simulation;
  simulation.Run(Call::kWarmUp);
  Duration slowest;
  for (int round = 0; round < 10; ++round) {
    simulation.SetProducerPaused(call.video, true);
    simulation.SetProducerPaused(call.audio, true);
    simulation.Run(Duration::Millis(2000));
    simulation.SetProducerPaused(call.video, false);
    simulation.SetProducerPaused(call.audio, false);
    Timestamp resumed = simulation.now();
    simulation.Run(Duration::Seconds(4));
    slowest = std::max(slowest, call.BackAfter(resumed));
  }
  Figures figures = Watch(call).For(Duration::Seconds(5));
  figures.recovery = slowest;
  ExpectLawful(simulation);
  EXPECT_GT(simulation.drops(DropReason::kProducerPaused), 0u);
  return figures;
}

Figures PausedWithoutNetwork(uint64_t seed) {
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
  Figures figures = Watch(call).For(Duration::Seconds(5));
  figures.recovery = call.BackAfter(back);
  ExpectLawful(simulation);
  return figures;
}

// Consumers, producers and transports are made and closed at any time, by the seed, while a call
// goes on that must not notice.
Figures ThingsCloseInTheMiddle(uint64_t seed) {
  Call call(seed, kGood, kGood);
  Simulation& simulation = call.simulation;
  Random random(seed);
  simulation.Run(Call::kWarmUp);
  Watch watch(call);
  for (int round = 0; round < 24; ++round) {
    size_t carol = simulation.AddPeer(kBad);
    size_t camera = simulation.Produce(carol, SourceSettings::Video());
    size_t by_bob = simulation.Consume(call.bob, camera);
    size_t by_carol = simulation.Consume(carol, call.video);
    simulation.Run(Duration::Millis(random.Below(900)));
    switch (random.Below(4)) {
      case 0:
        simulation.CloseConsumer(by_carol);
        break;
      case 1:
        simulation.CloseProducer(camera);
        break;
      case 2:
        simulation.CloseConsumer(by_bob);
        break;
      default:
        break;
    }
    simulation.Run(Duration::Millis(random.Below(300)));
    simulation.CloseTransport(carol);
    simulation.StopSource(camera);
  }
  Figures figures = watch.For(Duration::Seconds(1));
  ExpectLawful(simulation);
  return figures;
}

Figures HoursPassInASleep(uint64_t seed) {
  Call call(seed, kBad, kBad);
  Simulation& simulation = call.simulation;
  simulation.Run(Call::kWarmUp);
  Duration slowest;
  for (int64_t hours : {1, 3, 24, 200}) {
    simulation.Sleep(Duration::Seconds(hours * 3600));
    Timestamp awake = simulation.now();
    simulation.Run(Duration::Seconds(4));
    slowest = std::max(slowest, call.BackAfter(awake));
  }
  Figures figures = Watch(call).For(Duration::Seconds(5));
  figures.recovery = slowest;
  ExpectLawful(simulation);
  return figures;
}

Figures WeeksOfSilence(uint64_t seed) {
  Call call(seed, kGood, kGood);
  Simulation& simulation = call.simulation;
  simulation.Run(Call::kWarmUp);
  simulation.SetProducerPaused(call.video, true);
  simulation.SetProducerPaused(call.audio, true);
  // RTP's clock of 90 kHz wraps after 13 hours, and half of that is the end of comparisons.
  simulation.Sleep(Duration::Seconds(15L * 24 * 3600 + 12'345));
  simulation.SetProducerPaused(call.video, false);
  simulation.SetProducerPaused(call.audio, false);
  Timestamp back = simulation.now();
  simulation.Run(Duration::Seconds(3));
  Figures figures = Watch(call).For(Duration::Seconds(5));
  figures.recovery = call.BackAfter(back);
  ExpectLawful(simulation);
  return figures;
}

}  // namespace millrace
