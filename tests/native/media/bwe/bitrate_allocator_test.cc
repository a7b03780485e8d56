#include "media/bwe/bitrate_allocator.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <vector>

namespace millrace {
namespace {

constexpr std::array<uint64_t, 3> kSimulcast = {100'000, 300'000, 1'000'000};

struct Shared {
  std::vector<int> layers;
  AllocationTotal total;
};

Shared Share(uint64_t available_bps, const std::vector<AllocationRequest>& requests) {
  BitrateAllocator allocator;
  std::vector<AllocationGrant> grants(requests.size());
  Shared shared;
  shared.total = allocator.Share(available_bps, requests, grants);
  for (const AllocationGrant& grant : grants) shared.layers.push_back(grant.layers);
  return shared;
}

AllocationRequest Video(uint8_t priority, uint8_t current = 3) {
  return {.priority = priority, .layer_bps = kSimulcast, .current = current};
}

using Layers = std::vector<int>;

TEST(BitrateAllocatorTest, EverybodyHasALayerBeforeAnybodyHasTwo) {
  EXPECT_EQ(Share(350'000, {Video(1), Video(1), Video(1)}).layers, (Layers{1, 1, 1}));
  EXPECT_EQ(Share(500'000, {Video(1), Video(1), Video(1)}).layers, (Layers{2, 1, 1}));
  EXPECT_EQ(Share(900'000, {Video(1), Video(1), Video(1)}).layers, (Layers{2, 2, 2}));
}

TEST(BitrateAllocatorTest, GreaterPriorityIsServedFirstInEachRound) {
  EXPECT_EQ(Share(140'000, {Video(1), Video(9)}).layers, (Layers{0, 1}));
  EXPECT_EQ(Share(450'000, {Video(1), Video(9)}).layers, (Layers{1, 2}));
  EXPECT_EQ(Share(1'300'000, {Video(1), Video(9)}).layers, (Layers{2, 3}));
}

TEST(BitrateAllocatorTest, OneWhoCannotHaveMoreLeavesItToOthers) {
  constexpr std::array<uint64_t, 1> kThin = {50'000};
  AllocationRequest thin{.priority = 9, .layer_bps = kThin, .current = 1};
  Shared shared = Share(1'060'000, {thin, Video(1)});
  EXPECT_EQ(shared.layers, (Layers{1, 3}));
  EXPECT_EQ(shared.total.granted_bps, 1'050'000u);
  EXPECT_EQ(shared.total.wanted_bps, 1'050'000u);
}

TEST(BitrateAllocatorTest, ALayerThatIsNotThereIsSkipped) {
  constexpr std::array<uint64_t, 3> kGap = {100'000, 0, 900'000};
  AllocationRequest gap{.layer_bps = kGap, .current = 3};
  EXPECT_EQ(Share(900'000, {gap}).layers, Layers{3});
  EXPECT_EQ(Share(700'000, {gap}).layers, Layers{1});
  AllocationRequest none{.layer_bps = {}, .current = 0};
  EXPECT_EQ(Share(900'000, {none}).layers, Layers{0});
}

TEST(BitrateAllocatorTest, ANewLayerNeedsAMarginThatTheCurrentOneDoesNot) {
  EXPECT_EQ(Share(1'000'000, {Video(1, 3)}).layers, Layers{3});
  EXPECT_EQ(Share(1'000'000, {Video(1, 2)}).layers, Layers{2});
  EXPECT_EQ(Share(1'075'000, {Video(1, 2)}).layers, Layers{3});
}

TEST(BitrateAllocatorTest, ASentLayerMayLackALittleAndTheLowestOneMuch) {
  EXPECT_EQ(Share(900'000, {Video(1, 3)}).layers, Layers{3});
  EXPECT_EQ(Share(880'000, {Video(1, 3)}).layers, Layers{2});
  EXPECT_EQ(Share(50'000, {Video(1, 1)}).layers, Layers{1});
  EXPECT_EQ(Share(49'000, {Video(1, 1)}).layers, Layers{0});
  EXPECT_EQ(Share(80'000, {Video(1, 0)}).layers, Layers{1});
  EXPECT_EQ(Share(79'000, {Video(1, 0)}).layers, Layers{0});
}

TEST(BitrateAllocatorTest, NothingIsGrantedOfNothing) {
  Shared shared = Share(0, {Video(1), Video(2)});
  EXPECT_EQ(shared.layers, (Layers{0, 0}));
  EXPECT_EQ(shared.total.granted_bps, 0u);
  EXPECT_EQ(shared.total.wanted_bps, 2'000'000u);
  EXPECT_TRUE(Share(1'000'000, {}).layers.empty());
}

TEST(BitrateAllocatorTest, ImpossibleNumbersStayWithinBounds) {
  constexpr std::array<uint64_t, 3> kWild = {std::numeric_limits<uint64_t>::max(), 5, 1};
  AllocationRequest wild{.layer_bps = kWild, .current = 255};
  Shared shared = Share(std::numeric_limits<uint64_t>::max(), {wild, wild, Video(1)});
  EXPECT_EQ(shared.layers, (Layers{3, 3, 3}));
  EXPECT_EQ(shared.total.wanted_bps, kBitrateMax);
}

}  // namespace
}  // namespace millrace
