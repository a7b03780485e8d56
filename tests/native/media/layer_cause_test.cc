// Why a LayerChoice aims at what it aims at.
#include <gtest/gtest.h>

#include "media/layer_choice.h"

namespace millrace {
namespace {

constexpr SpatialLayerSet kAll = 0b111;

// A choice among three layers that has begun with all of them.
LayerChoice Begun() {
  LayerChoice choice({.spatial = 3, .temporal = 1});
  (void)choice.Aim(kAll);
  return choice;
}

TEST(LayerCauseTest, BeginsWithTheFirstLayers) { EXPECT_EQ(Begun().cause(), LayerCause::kBegin); }

TEST(LayerCauseTest, IsTheBandwidthWhenAnotherOneIsAllowed) {
  LayerChoice choice = Begun();
  choice.Allow(Layers{0, 0});
  ASSERT_TRUE(choice.Aim(kAll));
  EXPECT_EQ(choice.cause(), LayerCause::kBandwidth);
  choice.Allow(Layers{2, 0});
  ASSERT_TRUE(choice.Aim(kAll));
  EXPECT_EQ(choice.cause(), LayerCause::kBandwidth);
}

TEST(LayerCauseTest, IsTheViewerWhoPrefersAnotherOne) {
  LayerChoice choice = Begun();
  (void)choice.Prefer(1, std::nullopt);
  ASSERT_TRUE(choice.Aim(kAll));
  EXPECT_EQ(choice.cause(), LayerCause::kPreference);
}

TEST(LayerCauseTest, IsTheSourceThatStopsAndStarts) {
  LayerChoice choice = Begun();
  ASSERT_TRUE(choice.Aim(0b011));
  EXPECT_EQ(choice.cause(), LayerCause::kStreamStopped);
  ASSERT_TRUE(choice.Aim(kAll));
  EXPECT_EQ(choice.cause(), LayerCause::kStreamStarted);
  ASSERT_TRUE(choice.Aim(0));
  EXPECT_EQ(choice.cause(), LayerCause::kEnd);
}

TEST(LayerCauseTest, StaysWhatItWasWhenNothingMoves) {
  LayerChoice choice = Begun();
  choice.Allow(Layers{1, 0});
  ASSERT_TRUE(choice.Aim(kAll));
  // The layer above what is allowed comes and goes, and the target with it does not.
  ASSERT_FALSE(choice.Aim(0b011));
  EXPECT_EQ(choice.cause(), LayerCause::kBandwidth);
}

}  // namespace
}  // namespace millrace
