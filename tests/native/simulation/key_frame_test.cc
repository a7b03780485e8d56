// Who asks for key frames, when, and how often.
#include <gtest/gtest.h>

#include <vector>

#include "simulation/call.h"
#include "simulation/seeds.h"

namespace millrace {
namespace {

constexpr LinkConditions kGood{};

// RT-13.
TEST(KeyFrameTest, FiveHundredViewersAskAtOnceAndTheSourceIsAskedOnceASecond) {
  ForEachSeed([](uint64_t seed) {
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
    uint64_t asked_before = simulation.laws().key_frame_requests(video);
    // Three waves within one second, and one after it.
    for (int wave = 0; wave < 3; ++wave) {
      for (size_t peer : peers) simulation.AskKeyFrames(peer);
      simulation.Run(Duration::Millis(300));
    }
    simulation.Run(Duration::Millis(1300));
    for (size_t peer : peers) simulation.AskKeyFrames(peer);
    simulation.Run(Duration::Millis(900));
    ExpectLawful(simulation);
    // The first wave, what the later ones were owed a second after it, and the last.
    EXPECT_EQ(simulation.laws().key_frame_requests(video) - asked_before, 3u);
    Timestamp end = simulation.now();
    for (size_t consumer : seen) {
      ASSERT_LE(simulation.viewer(consumer).decoder().LongestFreeze(end - Duration::Millis(2000),
                                                                    end - Duration::Millis(100)),
                Duration::Millis(100));
    }
  });
}

// The first packets are lost, and with them the beginning of the only key frame. A viewer who never
// saw a packet does not know that it should ask.
TEST(KeyFrameTest, AStreamThatBeginsWithoutItsKeyFrameIsAskedForOne) {
  ForEachSeed([](uint64_t seed) {
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
    ExpectLawful(simulation);
    EXPECT_GE(simulation.laws().key_frame_requests(video), 1u);
    EXPECT_LE(simulation.viewer(seen).decoder().FirstShownAfter(from) - from, Duration::Seconds(2));
  });
}

// A viewer who comes later on a bad path of the publisher gets a picture.
TEST(KeyFrameTest, ALateViewerGetsAPictureOnABadNetwork) {
  ForEachSeed([](uint64_t seed) {
    LinkConditions bad{.loss = 0.1};
    Call call(seed, bad, bad);
    Simulation& simulation = call.simulation;
    simulation.Run(Call::kWarmUp);
    for (int i = 0; i < 10; ++i) {
      size_t carol = simulation.AddPeer(bad);
      size_t late = simulation.Consume(carol, call.video);
      Timestamp joined = simulation.now();
      simulation.Run(Duration::Seconds(5));
      EXPECT_LE(simulation.viewer(late).decoder().FirstShownAfter(joined) - joined,
                Duration::Seconds(4));
    }
    ExpectLawful(simulation);
  });
}

// Nobody watches, so nobody needs a key frame.
TEST(KeyFrameTest, WithoutViewersNothingIsAskedFor) {
  ForEachSeed([](uint64_t seed) {
    Simulation simulation(seed);
    size_t alice = simulation.AddPeer(kGood);
    size_t video = simulation.Produce(alice, SourceSettings::Video());
    simulation.Run(Duration::Seconds(5));
    EXPECT_EQ(simulation.Verdict(), "");
    EXPECT_EQ(simulation.laws().key_frame_requests(video), 0u);
    EXPECT_GT(simulation.laws().arrived(video), 500u);
  });
}

}  // namespace
}  // namespace millrace
