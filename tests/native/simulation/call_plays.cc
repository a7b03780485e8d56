#include "simulation/call_plays.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "simulation/seeds.h"
#include "simulation/watch.h"

namespace millrace {
namespace {

constexpr LinkConditions kGood{};
// Bad enough that something is always missing or under way when something happens.
constexpr LinkConditions kBad{.loss = 0.05, .jitter = Duration::Millis(5), .reorder = 0.05};

SourceSettings CameraStartingAt(uint16_t sequence, uint32_t timestamp) {
  SourceSettings camera = SourceSettings::Video();
  camera.first_sequence = sequence;
  camera.first_timestamp = timestamp;
  return camera;
}

// Just below the wrap of timestamps.
constexpr uint32_t kLastTimestamps = 0xFFFFFF00;

// Sound is not asked for again, and needs no key frame: it loses what the network loses.
void ExpectSound(const Simulation& simulation, size_t heard, Timestamp from, Timestamp to) {
  Quality sound = simulation.QualityOf(heard, from, to);
  EXPECT_GT(sound.expected, 0u);
  EXPECT_EQ(sound.within_500_ms, sound.expected);
}

Duration Later(Duration one, Duration other) { return std::max(one, other); }

}  // namespace

Play Steady(const NetworkPath& publisher, const NetworkPath& viewer, Duration watched) {
  return [=](uint64_t seed) {
    Call call(seed, publisher, viewer);
    call.simulation.Run(Call::kWarmUp);
    Figures figures = Watch(call).For(watched / kLongWatchDivisor);
    ExpectLawful(call.simulation);
    return figures;
  };
}

Play CutOff(const Blackout& blackout) {
  return [=](uint64_t seed) {
    Call call(seed, blackout.otherwise, blackout.otherwise);
    Simulation& simulation = call.simulation;
    simulation.Run(Call::kWarmUp);
    // Not always at the same place between two pictures.
    simulation.Run(Duration::Millis(static_cast<int64_t>(seed % 7) * 13));
    if (blackout.publisher) simulation.SetCut(call.alice, true, true);
    if (blackout.viewer) simulation.SetCut(call.bob, true, true);
    simulation.Run(blackout.length);
    simulation.SetCut(call.alice, false, false);
    simulation.SetCut(call.bob, false, false);
    Timestamp back = simulation.now();
    Figures figures = Watch(call).For(Duration::Seconds(10));
    figures.recovery = call.BackAfter(back);
    ExpectLawful(simulation);
    if (blackout.otherwise.loss == 0) {
      ExpectSound(simulation, call.heard, back, back + Duration::Seconds(10));
    }
    return figures;
  };
}

Play BeginAt(uint16_t sequence, uint32_t timestamp, const LinkConditions& publisher) {
  return [=](uint64_t seed) {
    Call call(seed, publisher, kGood, CameraStartingAt(sequence, timestamp));
    call.simulation.Run(Call::kWarmUp);
    Figures figures = Watch(call).For(Duration::Seconds(20));
    ExpectLawful(call.simulation);
    return figures;
  };
}

Play AcrossTimerWrap(uint64_t wrap_ms) {
  return [=](uint64_t seed) {
    Timestamp start = Timestamp::Millis(static_cast<int64_t>(wrap_ms)) - Duration::Seconds(60);
    Call call(seed, kBad, kBad, SourceSettings::Video(), start);
    Simulation& simulation = call.simulation;
    simulation.Run(Call::kWarmUp);
    // Over the wrap with something missing, and something paused.
    Watch watch(call);
    simulation.Run(Duration::Millis(54'500));
    simulation.SetConsumerPaused(call.heard, true);
    simulation.Run(Duration::Seconds(1));
    simulation.SetConsumerPaused(call.heard, false);
    Figures figures = watch.For(Duration::Seconds(120) / kLongWatchDivisor);
    EXPECT_GT(simulation.now(), Timestamp::Millis(static_cast<int64_t>(wrap_ms)));
    ExpectLawful(simulation);
    return figures;
  };
}

Figures FirstTenPacketsLost(uint64_t seed) {
  Simulation simulation(seed);
  size_t alice = simulation.AddPeer(kGood);
  size_t bob = simulation.AddPeer(kGood);
  simulation.SetCut(alice, true, false);
  size_t video = simulation.Produce(alice, CameraStartingAt(65'530, kLastTimestamps));
  size_t seen = simulation.Consume(bob, video);
  // The key frame's twelve packets, of which six stand before the wrap.
  simulation.Run(Duration::Millis(30));
  EXPECT_EQ(simulation.source(video).records().size(), 12u);
  simulation.SetCut(alice, false, false);
  Timestamp from = simulation.now();
  simulation.Run(Duration::Seconds(5));
  Figures figures = Watch(simulation, video, seen).For(Duration::Seconds(5));
  figures.recovery = simulation.viewer(seen).decoder().FirstShownAfter(from) - from;
  ExpectLawful(simulation);
  return figures;
}

Figures LateJoinerAfterWrap(uint64_t seed) {
  SourceSettings camera = CameraStartingAt(65'530, kLastTimestamps);
  camera.frame_packets = 20;
  camera.payload_bytes = 300;
  Call call(seed, kGood, kGood, camera);
  Simulation& simulation = call.simulation;
  while (simulation.source(call.video).records().size() <= 70'000) {
    simulation.Run(Duration::Seconds(1));
  }
  size_t carol = simulation.AddPeer(kGood);
  size_t late = simulation.Consume(carol, call.video);
  Timestamp joined = simulation.now();
  simulation.Run(Duration::Seconds(2));
  Figures figures = Watch(simulation, call.video, late).For(Duration::Seconds(5));
  figures.recovery = simulation.viewer(late).decoder().FirstShownAfter(joined) - joined;
  ExpectLawful(simulation);
  // The outgoing numbers of the one who was there from the start have wrapped, too.
  EXPECT_GT(simulation.viewer(call.seen).received(), 65'536u);
  Quality early = simulation.QualityOf(call.seen, Call::kStart, joined);
  EXPECT_EQ(early.within_500_ms, early.expected);
  return figures;
}

Figures VideoWrapsAudioDoesNot(uint64_t seed) {
  Call call(seed, kGood, kGood, CameraStartingAt(64'800, kLastTimestamps));
  Timestamp from = call.simulation.now();
  Figures figures = Watch(call).For(Duration::Seconds(20));
  ExpectLawful(call.simulation);
  EXPECT_GT(call.simulation.source(call.video).records().size(), 65'536u - 64'800u);
  ExpectSound(call.simulation, call.heard, from, from + Duration::Seconds(20));
  return figures;
}

Figures SameSsrcPublishedAnew(uint64_t seed) {
  Simulation simulation(seed);
  size_t alice = simulation.AddPeer(kBad);
  size_t bob = simulation.AddPeer(kGood);
  SourceSettings camera = SourceSettings::Video();
  camera.ssrc = Ssrc(77);
  camera.rtx_ssrc = Ssrc(78);
  size_t video = 0;
  size_t seen = 0;
  Duration slowest;
  for (int round = 0; round < 4; ++round) {
    video = simulation.Produce(alice, camera);
    seen = simulation.Consume(bob, video);
    Timestamp begun = simulation.now();
    simulation.Run(Duration::Seconds(3));
    slowest = Later(slowest, simulation.viewer(seen).decoder().FirstShownAfter(begun) - begun);
    if (round == 3) break;
    simulation.CloseProducer(video);
    simulation.StopSource(video);
    // SRTP uses no index twice, so the numbers go on.
    auto sent = static_cast<uint16_t>(simulation.source(video).records().size());
    camera.first_sequence = static_cast<uint16_t>(camera.first_sequence + sent);
    camera.first_rtx_sequence = simulation.source(video).next_rtx_sequence();
    simulation.Run(Duration::Millis(200));
  }
  Figures figures = Watch(simulation, video, seen).For(Duration::Seconds(5));
  figures.recovery = slowest;
  ExpectLawful(simulation);
  return figures;
}

Figures FirstNumbersOfManyConsumers(uint64_t seed) {
  Simulation simulation(seed);
  size_t alice = simulation.AddPeer(kGood);
  size_t audio = simulation.Produce(alice, SourceSettings::Audio());
  Figures figures;
  size_t bob = 0;
  // The laws look at each first number.
  for (int i = 0; i < 1000; ++i) {
    // A model peer reports on all that it ever heard.
    if (i % 20 == 0) bob = simulation.AddPeer(kGood);
    size_t heard = simulation.Consume(bob, audio);
    simulation.Run(Duration::Millis(60));
    figures.packets += simulation.viewer(heard).received();
    simulation.CloseConsumer(heard);
  }
  simulation.Run(Duration::Millis(100));
  ExpectLawful(simulation);
  EXPECT_GE(figures.packets, 1000u);
  return figures;
}

Figures AudioAlone(uint64_t seed) {
  Simulation simulation(seed);
  LinkConditions lossy{.loss = 0.05, .jitter = Duration::Millis(20)};
  size_t alice = simulation.AddPeer(kGood);
  size_t bob = simulation.AddPeer(lossy);
  size_t audio = simulation.Produce(alice, SourceSettings::Audio());
  size_t heard = simulation.Consume(bob, audio);
  simulation.Run(Call::kWarmUp);
  Figures figures = Watch(simulation, audio, heard).For(Duration::Seconds(60));
  ExpectLawful(simulation);
  EXPECT_EQ(simulation.laws().key_frame_requests(audio), 0u);
  return figures;
}

Figures ViewersOfAllKinds(uint64_t seed) {
  Call call(seed, LinkConditions{.loss = 0.01}, kGood);
  Simulation& simulation = call.simulation;
  const LinkConditions paths[] = {
      {.loss = 0.05},
      {.loss = 0.3},
      {.loss = 0.05, .burst_length = 20},
      {.delay = Duration::Millis(200)},
      {.delay = Duration::Millis(100), .jitter = Duration::Millis(50), .reorder = 0.25},
      {.duplicate = 0.5},
      {.bits_per_second = 2'500'000},
      {.loss = 1},
  };
  std::vector<size_t> others;
  for (const LinkConditions& path : paths) {
    others.push_back(simulation.Consume(simulation.AddPeer(path), call.video));
  }
  simulation.Run(Call::kWarmUp);
  // The one with a good path does not notice the others, nor how often they ask.
  Timestamp from = simulation.now();
  Figures figures = Watch(call).For(Duration::Seconds(20));
  ExpectLawful(simulation);
  for (size_t i = 0; i + 1 < others.size(); ++i) {
    Quality quality = simulation.QualityOf(others[i], from, from + Duration::Seconds(20));
    EXPECT_GE(quality.share_1500_ms(), 0.99) << "viewer " << i;
  }
  return figures;
}

Figures EachSeesTheOthers(uint64_t seed) {
  constexpr size_t kPeers = 5;
  Simulation simulation(seed);
  std::vector<size_t> videos;
  for (size_t i = 0; i < kPeers; ++i) {
    simulation.AddPeer(kBad);
    videos.push_back(simulation.Produce(i, SourceSettings::Video()));
    (void)simulation.Produce(i, SourceSettings::Audio());
  }
  std::vector<std::pair<size_t, size_t>> seen;
  for (size_t viewer = 0; viewer < kPeers; ++viewer) {
    for (size_t i = 0; i < kPeers; ++i) {
      if (i != viewer) seen.emplace_back(videos[i], simulation.Consume(viewer, videos[i]));
    }
  }
  simulation.Run(Call::kWarmUp);
  Timestamp from = simulation.now();
  Figures figures =
      Watch(simulation, seen.front().first, seen.front().second).For(Duration::Seconds(10));
  ExpectLawful(simulation);
  for (auto [video, consumer] : seen) {
    Quality quality = simulation.QualityOf(consumer, from, from + Duration::Seconds(10));
    figures.late_500_ms = std::max(*figures.late_500_ms, 1 - quality.share_500_ms());
    figures.freeze = Later(*figures.freeze, quality.longest_freeze);
  }
  return figures;
}

Figures NetworkGetsWorseAndBetter(uint64_t seed) {
  Call call(seed, kGood, kGood);
  Simulation& simulation = call.simulation;
  simulation.Run(Call::kWarmUp);
  Watch watch(call);
  for (double loss : {0.0, 0.1, 0.3, 0.6, 0.3, 0.1}) {
    LinkConditions path{.loss = loss};
    simulation.SetConditions(call.alice, path, path);
    simulation.SetConditions(call.bob, path, path);
    simulation.Run(Duration::Seconds(10) / kLongWatchDivisor);
  }
  simulation.SetConditions(call.alice, kGood, kGood);
  simulation.SetConditions(call.bob, kGood, kGood);
  Figures figures = watch.UntilNow();
  Timestamp good = simulation.now();
  Quality after = call.Watch(Duration::Seconds(5));
  figures.recovery = call.BackAfter(good);
  EXPECT_GE(after.share_1500_ms(), 0.999);
  ExpectLawful(simulation);
  return figures;
}

}  // namespace millrace
