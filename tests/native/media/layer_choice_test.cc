#include "media/layer_choice.h"

#include <gtest/gtest.h>

#include <vector>

namespace millrace {
namespace {

constexpr LayerCounts kThreeByThree{.spatial = 3, .temporal = 3};
constexpr SpatialLayerSet kAll = 0b111;

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

TEST(LayerChoiceTest, PrefersTheHighestLayersUntilTold) {
  LayerChoice choice(kThreeByThree);
  EXPECT_EQ(choice.preferred(), (Layers{2, 2}));
  EXPECT_EQ(choice.Prefer(1, std::nullopt), (Layers{1, 2}));
  EXPECT_EQ(choice.Prefer(0, 1), (Layers{0, 1}));
  EXPECT_EQ(choice.Prefer(9, 9), (Layers{2, 2}));
}

TEST(LayerChoiceTest, AimsAtThePreferredLayersWhenTheyArrive) {
  LayerChoice choice(kThreeByThree);
  (void)choice.Prefer(1, 1);
  EXPECT_TRUE(choice.Aim(kAll));
  EXPECT_EQ(choice.target(), (Layers{1, 1}));
  EXPECT_FALSE(choice.Aim(kAll));
}

TEST(LayerChoiceTest, AimsAtTheNextLowerLayerWithAllItsPictures) {
  LayerChoice choice(kThreeByThree);
  (void)choice.Prefer(2, 0);
  EXPECT_TRUE(choice.Aim(0b011));
  EXPECT_EQ(choice.target(), (Layers{1, 2}));
}

TEST(LayerChoiceTest, AimsAtAHigherLayerRatherThanAtNone) {
  LayerChoice choice(kThreeByThree);
  (void)choice.Prefer(0, 2);
  EXPECT_TRUE(choice.Aim(0b100));
  EXPECT_EQ(choice.target(), (Layers{2, 0}));
  EXPECT_TRUE(choice.Aim(0));
  EXPECT_EQ(choice.target(), std::nullopt);
}

TEST(LayerChoiceTest, NeverAimsAboveWhatBandwidthAllows) {
  LayerChoice choice(kThreeByThree);
  choice.Allow(Layers{1, 0});
  EXPECT_TRUE(choice.Aim(kAll));
  EXPECT_EQ(choice.target(), (Layers{1, 0}));
  EXPECT_TRUE(choice.Aim(0b101));
  EXPECT_EQ(choice.target(), (Layers{0, 2}));
  EXPECT_TRUE(choice.Aim(0b100));
  EXPECT_EQ(choice.target(), std::nullopt);
  choice.Allow(std::nullopt);
  EXPECT_FALSE(choice.Aim(kAll));
  choice.Allow(Layers{2, 2});
  EXPECT_TRUE(choice.Aim(kAll));
  EXPECT_EQ(choice.target(), (Layers{2, 2}));
}

TEST(LayerChoiceTest, TellsACurrentLayerOnce) {
  LayerChoice choice(kThreeByThree);
  EXPECT_FALSE(choice.SetCurrent(std::nullopt));
  EXPECT_TRUE(choice.SetCurrent(Layers{0, 1}));
  EXPECT_FALSE(choice.SetCurrent(Layers{0, 1}));
  EXPECT_TRUE(choice.SetCurrent(std::nullopt));
}

TEST(LayerChoiceTest, TakesImpossibleCountsAsTheNearestPossible) {
  EXPECT_EQ(LayerChoice({.spatial = 0, .temporal = 0}).preferred(), (Layers{0, 0}));
  EXPECT_EQ(LayerChoice({.spatial = 200, .temporal = 9}).preferred(), (Layers{7, 7}));
}

TEST(LayerPresenceTest, MissesALayerThatFallsSilentWhileAnotherGoesOn) {
  LayerPresence presence;
  EXPECT_TRUE(presence.Seen(0, At(1000)));
  EXPECT_TRUE(presence.Seen(2, At(1000)));
  EXPECT_EQ(presence.live(), 0b101);
  int64_t missed_at = 0;
  for (int64_t ms = 1030; ms < 5000 && missed_at == 0; ms += 30) {
    if (presence.Seen(0, At(ms))) missed_at = ms;
  }
  EXPECT_EQ(presence.live(), 0b001);
  EXPECT_GT(missed_at, 1000 + LayerPresence::kSilence.ms());
  // RT-12 leaves the rest of two seconds to the key frame.
  EXPECT_LT(missed_at, 2500);
  EXPECT_TRUE(presence.Seen(2, At(6000)));
}

TEST(LayerPresenceTest, KeepsAllLayersOfAScreenThatIsSentOnceASecond) {
  LayerPresence presence;
  for (int64_t ms = 0; ms < 20'000; ms += 1000) {
    bool changed_low = presence.Seen(0, At(ms));
    bool changed_high = presence.Seen(1, At(ms + 50));
    EXPECT_EQ(changed_low || changed_high, ms == 0) << ms;
  }
}

TEST(LayerPresenceTest, BelievesThatALayerHasStopped) {
  LayerPresence presence;
  (void)presence.Seen(1, At(0));
  EXPECT_FALSE(presence.Stop(0));
  EXPECT_TRUE(presence.Stop(1));
  EXPECT_EQ(presence.live(), 0);
  EXPECT_FALSE(presence.Seen(LayerCounts::kMax, At(1)));
  EXPECT_FALSE(presence.Stop(LayerCounts::kMax));
}

// Each layer's packets carry 1,000 bytes every 100 ms: 80 kbit/s a layer.
LayerBitrates Steady(LayerBitrates::Stacking stacking, uint8_t spatial, uint8_t temporal) {
  LayerBitrates bitrates(stacking, kThreeByThree);
  for (int64_t ms = 0; ms < 3000; ms += 100) {
    for (uint8_t s = 0; s < spatial; ++s) {
      for (uint8_t t = 0; t < temporal; ++t) bitrates.Add({s, t}, 1000, At(ms));
    }
  }
  return bitrates;
}

TEST(LayerBitratesTest, CountsTheLowerLayersOfOneStream) {
  LayerBitrates bitrates = Steady(LayerBitrates::Stacking::kSvc, 3, 2);
  EXPECT_EQ(bitrates.BitsPerSecond({0, 0}, At(2900)), 80'000u);
  EXPECT_EQ(bitrates.BitsPerSecond({0, 1}, At(2900)), 160'000u);
  EXPECT_EQ(bitrates.BitsPerSecond({2, 1}, At(2900)), 480'000u);
}

TEST(LayerBitratesTest, CountsASimulcastStreamAlone) {
  LayerBitrates bitrates = Steady(LayerBitrates::Stacking::kSimulcast, 3, 2);
  EXPECT_EQ(bitrates.BitsPerSecond({2, 1}, At(2900)), 160'000u);
}

TEST(LayerBitratesTest, CountsNothingForALayerThatDoesNotArrive) {
  LayerBitrates bitrates = Steady(LayerBitrates::Stacking::kSvc, 2, 2);
  EXPECT_EQ(bitrates.BitsPerSecond({2, 0}, At(2900)), 0u);
  EXPECT_EQ(bitrates.BitsPerSecond({1, 2}, At(2900)), 0u);
  EXPECT_EQ(bitrates.BitsPerSecond({1, 1}, At(9000)), 0u);
}

TEST(LayerBitratesTest, ClimbsThroughTheLayersThatArrive) {
  LayerBitrates bitrates = Steady(LayerBitrates::Stacking::kSimulcast, 2, 2);
  std::optional<Layers> step;
  std::vector<Layers> steps;
  while ((step = bitrates.Above(step, At(2900)))) steps.push_back(*step);
  EXPECT_EQ(steps, (std::vector<Layers>{{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
}

TEST(LayerBitratesTest, IgnoresLayersBeyondTheSources) {
  LayerBitrates bitrates(LayerBitrates::Stacking::kSvc, {.spatial = 1, .temporal = 1});
  bitrates.Add({3, 0}, 1000, At(0));
  bitrates.Add({0, 3}, 1000, At(0));
  bitrates.Add({200, 200}, 1000, At(0));
  EXPECT_EQ(bitrates.Above(std::nullopt, At(10)), std::nullopt);
}

}  // namespace
}  // namespace millrace
