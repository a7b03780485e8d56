// Sequence numbers wrap, and the rollover counter of SRTP with them.
#include <gtest/gtest.h>

#include "simulation/call.h"
#include "simulation/seeds.h"

namespace millrace {
namespace {

constexpr LinkConditions kGood{};

SourceSettings CameraStartingAt(uint16_t sequence) {
  SourceSettings camera = SourceSettings::Video();
  camera.first_sequence = sequence;
  // Just below the wrap of timestamps.
  camera.first_timestamp = 0xFFFFFF00;
  return camera;
}

TEST(SequenceTest, AWrapAtTheStartIsNotSeenByTheViewer) {
  ForEachSeed([](uint64_t seed) {
    LinkConditions lossy{.loss = 0.05, .reorder = 0.05};
    Call call(seed, lossy, kGood, CameraStartingAt(65'530));
    call.simulation.Run(Call::kWarmUp);
    Quality quality = call.Watch(Duration::Seconds(10));
    PrintQuality("wrap at the start", seed, quality);
    ExpectLawful(call.simulation);
    EXPECT_GE(quality.share_500_ms(), 0.999);
  });
}

// SR-05: the packets before the wrap never arrive, so nobody can tell that there was one.
TEST(SequenceTest, AStreamWhoseFirstTenPacketsAreLostAroundTheWrapIsSeen) {
  ForEachSeed([](uint64_t seed) {
    Simulation simulation(seed);
    size_t alice = simulation.AddPeer(kGood);
    size_t bob = simulation.AddPeer(kGood);
    simulation.SetCut(alice, true, false);
    size_t video = simulation.Produce(alice, CameraStartingAt(65'530));
    size_t seen = simulation.Consume(bob, video);
    // The key frame's twelve packets, of which six stand before the wrap.
    simulation.Run(Duration::Millis(30));
    ASSERT_EQ(simulation.source(video).records().size(), 12u);
    simulation.SetCut(alice, false, false);
    Timestamp from = simulation.now();
    simulation.Run(Duration::Seconds(6));
    ExpectLawful(simulation);
    EXPECT_LE(simulation.viewer(seen).decoder().FirstShownAfter(from) - from, Duration::Seconds(5));
    EXPECT_LE(simulation.viewer(seen).decoder().LongestFreeze(from + Duration::Seconds(5),
                                                              from + Duration::Seconds(6)),
              Duration::Millis(100));
  });
}

// SR-06, and the wrap of the outgoing stream for the one who was there from the start.
TEST(SequenceTest, AViewerWhoComesAfterTheWrapSeesThePictureSoon) {
  ForEachSeed([](uint64_t seed) {
    SourceSettings camera = CameraStartingAt(65'530);
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
    simulation.Run(Duration::Seconds(5));
    ExpectLawful(simulation);
    EXPECT_LE(simulation.viewer(late).decoder().FirstShownAfter(joined) - joined,
              Duration::Seconds(2));
    EXPECT_GT(simulation.viewer(call.seen).received(), 65'536u);
    Quality early = simulation.QualityOf(call.seen, Timestamp::Millis(1'000'000), joined);
    EXPECT_EQ(early.within_500_ms, early.expected);
  });
}

}  // namespace
}  // namespace millrace
