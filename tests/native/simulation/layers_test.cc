// Layers over lossy links: the viewer goes where it prefers, and the picture goes on.
#include <gtest/gtest.h>

#include <string>

#include "simulation/layered_call.h"
#include "simulation/seeds.h"

namespace millrace {
namespace {

constexpr LinkConditions kGood{};

class LayersTest : public testing::TestWithParam<LayeredKind> {};

TEST_P(LayersTest, TheViewerGoesUpAndDownAsItPrefers) {
  ForEachSeed([](uint64_t seed) {
    LayeredCall call(seed, GetParam(), kGood, kGood);
    call.Run(Duration::Seconds(2));
    EXPECT_EQ(call.current(), (Layers{2, 2}));
    Random random(seed);
    for (int round = 0; round < 30; ++round) {
      Layers layers{static_cast<uint8_t>(random.Below(3)), static_cast<uint8_t>(random.Below(3))};
      call.Prefer(layers.spatial, layers.temporal);
      // A request, an encoder's sixty milliseconds, and a point at which to go up in time: of the
      // model's cycles of 133 ms every fourth has one, by chance.
      call.Run(Duration::Millis(2400));
      Timestamp from = call.now();
      call.Run(Duration::Millis(800));
      EXPECT_EQ(call.current(), layers) << "round " << round;
      EXPECT_GT(call.ShownWith(layers.spatial, from), 5u << layers.temporal);
      auto other = static_cast<uint8_t>((layers.spatial + 1) % 3);
      EXPECT_EQ(call.ShownWith(other, from), 0u);
    }
    EXPECT_EQ(call.broken(), "");
    EXPECT_EQ(call.gaps(), 0u);
    EXPECT_LE(call.LongestFreeze(call.start() + Duration::Millis(200)), Duration::Millis(400));
    EXPECT_LE(call.key_frame_requests(), 60u);
  });
}

TEST_P(LayersTest, TheLawsHoldOnABadNetwork) {
  ForEachSeed([](uint64_t seed) {
    LinkConditions bad{.loss = 0.05, .jitter = Duration::Millis(10), .reorder = 0.05};
    LayeredCall call(seed, GetParam(), bad, bad);
    Random random(seed);
    for (int round = 0; round < 20; ++round) {
      call.Prefer(static_cast<uint8_t>(random.Below(3)), static_cast<uint8_t>(random.Below(3)));
      call.Run(Duration::Seconds(3));
    }
    EXPECT_EQ(call.broken(), "");
    EXPECT_LE(call.LongestFreeze(call.start() + Duration::Seconds(2)), Duration::Seconds(2));
    call.Prefer(2, 2);
    call.Run(Duration::Seconds(6));
    EXPECT_EQ(call.current(), (Layers{2, 2}));
  });
}

// RT-12.
TEST_P(LayersTest, ALayerThatStopsIsLeftWithinTwoSeconds) {
  ForEachSeed([](uint64_t seed) {
    LayeredCall call(seed, GetParam(), kGood, kGood);
    call.Run(Duration::Seconds(3));
    for (uint8_t left : {uint8_t{2}, uint8_t{1}}) {
      call.SetSpatialLayers(left);
      Timestamp stopped = call.now();
      call.Run(Duration::Seconds(2));
      EXPECT_EQ(call.current()->spatial, left - 1);
      EXPECT_GT(call.ShownWith(static_cast<uint8_t>(left - 1), stopped), 0u);
      EXPECT_LE(call.LongestFreeze(stopped), Duration::Millis(1800));
      call.Run(Duration::Seconds(1));
    }
    call.SetSpatialLayers(3);
    call.Run(Duration::Seconds(3));
    EXPECT_EQ(call.current(), (Layers{2, 2}));
    EXPECT_EQ(call.broken(), "");
  });
}

INSTANTIATE_TEST_SUITE_P(AllKinds, LayersTest,
                         testing::Values(LayeredKind::kSimulcastVp8, LayeredKind::kSimulcastAv1,
                                         LayeredKind::kVp9, LayeredKind::kVp9KSvc,
                                         LayeredKind::kAv1, LayeredKind::kAv1KSvc),
                         [](const testing::TestParamInfo<LayeredKind>& info) {
                           switch (info.param) {
                             case LayeredKind::kSimulcastVp8:
                               return std::string("SimulcastVp8");
                             case LayeredKind::kSimulcastAv1:
                               return std::string("SimulcastAv1");
                             case LayeredKind::kVp9:
                               return std::string("Vp9");
                             case LayeredKind::kVp9KSvc:
                               return std::string("Vp9KSvc");
                             case LayeredKind::kAv1:
                               return std::string("Av1");
                             case LayeredKind::kAv1KSvc:
                               return std::string("Av1KSvc");
                           }
                           return std::string("None");
                         });

}  // namespace
}  // namespace millrace
