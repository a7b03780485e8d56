#include "media/dependency_layer_filter.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "media/svc_source.h"

namespace millrace {
namespace {

constexpr uint8_t kLayers = SvcEncoder::kLayers;

// What a viewer takes for active after all descriptors that reached it.
class Viewer {
 public:
  void Receive(const DependencyDescriptor& descriptor, const LayerVerdict& verdict,
               uint32_t all_targets) {
    if (descriptor.has_structure) active_ = all_targets;
    if (descriptor.active_targets) active_ = descriptor.active_targets;
    if (verdict.target_count > 0) active_ = verdict.active_targets;
  }
  [[nodiscard]] std::optional<uint32_t> active() const { return active_; }

 private:
  std::optional<uint32_t> active_;
};

// The targets of which everything is sent to who is sent the layers: in K-SVC the lower spatial
// layers have frames that the upper ones do not need.
uint32_t TargetsWithin(Layers layers, bool key_only) {
  uint32_t targets = 0;
  for (uint8_t i = 0; i < kLayers * kLayers; ++i) {
    bool spatial = key_only ? i / kLayers == layers.spatial : i / kLayers <= layers.spatial;
    if (spatial && i % kLayers <= layers.temporal) targets |= 1u << i;
  }
  return targets;
}

class DependencyLayerFilterTest : public testing::TestWithParam<bool> {
 protected:
  struct Counts {
    int forwarded = 0;
    int told = 0;
  };

  // Pictures of an encoder whose layers are wanted at random, to a viewer that loses frames but
  // those of the lowest temporal layer.
  Counts Run(uint32_t loss_percent, bool wander) {
    Random random(3);
    SvcEncoder encoder({.key_only = GetParam(), .descriptors = true}, random);
    auto packet = std::make_unique<RtpPacket>();
    Viewer viewer;
    Counts counts;
    Layers wanted{2, 2};
    for (int picture = 0; picture < 2000; ++picture) {
      if (wander && random.Below(20) == 0) {
        wanted = {static_cast<uint8_t>(random.Below(3)), static_cast<uint8_t>(random.Below(3))};
      }
      if (filter_.NeedsKeyFrame(wanted)) encoder.AskKeyFrame(picture * 33 - 60);
      auto [first, end] = encoder.Encode(picture * 33);
      for (size_t index = first; index < end; ++index) {
        const SvcFrame& frame = encoder.frames()[index];
        bool lost = frame.temporal > 0 && random.Below(100) < loss_percent;
        for (int place = 0; place < frame.packet_count; ++place) {
          DependencyDescriptor descriptor = encoder.Fill(index, place, *packet);
          descriptor.has_structure &= place == 0;
          if (!descriptor.has_structure) descriptor.active_targets.reset();
          LayerVerdict verdict =
              filter_.OnPacket(*packet, {descriptor, encoder.structure()}, wanted);
          if (!verdict.forward) continue;
          ++counts.forwarded;
          counts.told += verdict.target_count > 0;
          if (!lost) viewer.Receive(descriptor, verdict, encoder.structure().all_targets());
        }
        if (lost || frame.temporal > 0 || !filter_.current()) continue;
        if (frame.spatial != filter_.current()->spatial) continue;
        EXPECT_EQ(viewer.active(), TargetsWithin(*filter_.current(), GetParam())) << picture;
      }
    }
    return counts;
  }

  DependencyLayerFilter filter_;
};

TEST_P(DependencyLayerFilterTest, TellsTheViewerWhichTargetsItGets) {
  Counts counts = Run(0, true);
  EXPECT_GT(counts.forwarded, 1000);
  EXPECT_GT(counts.told, 50);
  EXPECT_LT(counts.told, counts.forwarded / 5) << "only where they change";
}

TEST_P(DependencyLayerFilterTest, TellsItUntilAFrameThatTheViewerCannotDoWithout) {
  EXPECT_GT(Run(40, true).told, 50);
}

TEST_P(DependencyLayerFilterTest, SaysNothingThatTheSourceSaysItself) {
  // In K-SVC even who gets the highest layers does not get the targets below.
  EXPECT_LE(Run(0, false).told, GetParam() ? 10 : 0);
}

INSTANTIATE_TEST_SUITE_P(Modes, DependencyLayerFilterTest, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& info) {
                           return info.param ? "KSvc" : "FullSvc";
                         });

}  // namespace
}  // namespace millrace
