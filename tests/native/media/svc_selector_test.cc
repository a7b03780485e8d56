#include "media/svc_selector.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

#include "base/random.h"
#include "media/svc_source.h"

namespace millrace {
namespace {

// An encoder of three spatial and three temporal layers, a picture every 33 ms, nothing lost.
class SvcSelectorTest : public testing::Test {
 protected:
  void Begin(const SvcMode& mode) {
    mode_ = mode;
    encoder_ = std::make_unique<SvcEncoder>(mode, random_);
  }
  // The spatial layers of the next picture that go out; empty when it is left out.
  std::vector<int> NextPicture() {
    now_ = now_ + Duration::Millis(33);
    auto [first, end] = encoder_->Encode(now_.ms());
    std::vector<int> layers;
    markers_ = 0;
    asked_ = false;
    told_ = false;
    for (size_t frame = first; frame < end; ++frame) {
      for (int p = 0; p < encoder_->frames()[frame].packet_count; ++p) {
        DependencyDescriptor descriptor = encoder_->Fill(frame, p, *packet_);
        DependencyFrame described{descriptor, encoder_->structure()};
        Selection selection =
            selector_.OnPacket(*packet_, mode_.descriptors ? &described : nullptr, now_, rewriter_);
        asked_ |= selection.update.ask_key_frame == 0;
        told_ |= selection.update.layers_changed;
        if (!selection.rewrite) continue;
        markers_ += selection.rewrite->marker;
        int layer = static_cast<int>(frame - first);
        if (layers.empty() || layers.back() != layer) layers.push_back(layer);
      }
    }
    temporal_ = encoder_->frames()[first].temporal;
    return layers;
  }
  void Pictures(int count) {
    for (int i = 0; i < count; ++i) (void)NextPicture();
  }

  Random random_{11};
  SvcMode mode_;
  std::unique_ptr<SvcEncoder> encoder_;
  std::unique_ptr<RtpPacket> packet_ = std::make_unique<RtpPacket>();
  Timestamp now_ = Timestamp::Millis(3000);
  RtpRewriter rewriter_{Ssrc(7), 90'000, 1000};
  SvcSelector selector_{{.counts = {.spatial = 3, .temporal = 3}}};
  int markers_ = 0;
  uint8_t temporal_ = 0;
  bool asked_ = false;
  bool told_ = false;
};

const std::vector<int> kAll = {0, 1, 2};
const std::vector<int> kNone = {};

TEST_F(SvcSelectorTest, WaitsForAKeyPictureAndAsksForOne) {
  Begin({});
  (void)encoder_->Encode(0);
  EXPECT_EQ(NextPicture(), kNone);
  EXPECT_TRUE(asked_);
  EXPECT_EQ(NextPicture(), kNone);
  EXPECT_FALSE(asked_) << "once a second";
  encoder_->AskKeyFrame(0);
  // Which layers arrive shows with their packets, so the first picture has the lowest at least.
  Pictures(1);
  EXPECT_EQ(NextPicture(), kAll);
  EXPECT_EQ(selector_.choice().current(), (Layers{2, 2}));
}

TEST_F(SvcSelectorTest, GoesDownInSpaceAtTheNextPictureAndMovesTheMarker) {
  for (bool descriptors : {false, true}) {
    Begin({.descriptors = descriptors});
    Pictures(8);
    (void)selector_.Prefer(1, std::nullopt, now_);
    EXPECT_EQ(NextPicture(), (std::vector<int>{0, 1}));
    EXPECT_EQ(markers_, 1);
    (void)selector_.Prefer(0, std::nullopt, now_);
    EXPECT_EQ(NextPicture(), std::vector<int>{0});
    EXPECT_EQ(markers_, 1);
    Pictures(40);
    EXPECT_FALSE(asked_);
    EXPECT_EQ(selector_.choice().current(), (Layers{0, 2}));
    (void)selector_.Prefer(2, std::nullopt, now_);
    (void)selector_.Stop();
  }
}

TEST_F(SvcSelectorTest, GoesUpInSpaceWithAKeyPictureThatItAsksFor) {
  for (bool descriptors : {false, true}) {
    Begin({.descriptors = descriptors});
    (void)selector_.Prefer(0, std::nullopt, now_);
    Pictures(10);
    EXPECT_EQ(selector_.Prefer(2, std::nullopt, now_).ask_key_frame, 0);
    EXPECT_EQ(NextPicture(), std::vector<int>{0});
    encoder_->AskKeyFrame(0);
    EXPECT_EQ(NextPicture(), kAll);
    EXPECT_EQ(markers_, 1);
    Pictures(2);
    EXPECT_EQ(selector_.choice().current(), (Layers{2, 2}));
    (void)selector_.Stop();
  }
}

TEST_F(SvcSelectorTest, GoesDownInTimeAndUpAgainWithoutAKeyPicture) {
  for (bool descriptors : {false, true}) {
    Begin({.descriptors = descriptors});
    Pictures(8);
    (void)selector_.Prefer(2, 0, now_);
    for (int i = 0; i < 20; ++i) {
      std::vector<int> layers = NextPicture();
      EXPECT_EQ(layers, temporal_ == 0 ? kAll : kNone);
      EXPECT_FALSE(asked_);
    }
    EXPECT_EQ(selector_.choice().current(), (Layers{2, 0}));
    EXPECT_EQ(selector_.Prefer(2, 2, now_).ask_key_frame, std::nullopt);
    int waited = 0;
    while (selector_.choice().current() != Layers{2, 2} && ++waited < 200) Pictures(1);
    EXPECT_LT(waited, 200);
    EXPECT_EQ(NextPicture(), kAll);
    (void)selector_.Stop();
  }
}

TEST_F(SvcSelectorTest, SendsOneLayerOfKSvcAndWaitsForAKeyPictureToGoDown) {
  for (bool descriptors : {false, true}) {
    Begin({.key_only = true, .descriptors = descriptors});
    Pictures(8);
    EXPECT_EQ(NextPicture(), std::vector<int>{2});
    EXPECT_EQ(markers_, 1);
    now_ = now_ + Duration::Millis(500);
    (void)selector_.Prefer(0, std::nullopt, now_);
    EXPECT_EQ(NextPicture(), std::vector<int>{2}) << "it goes on until the key picture";
    bool asked = false;
    for (int i = 0; i < 40; ++i) {
      EXPECT_EQ(NextPicture(), std::vector<int>{2});
      asked |= asked_;
    }
    EXPECT_TRUE(asked);
    encoder_->AskKeyFrame(0);
    EXPECT_EQ(NextPicture(), std::vector<int>{0});
    EXPECT_EQ(markers_, 1);
    EXPECT_EQ(NextPicture(), std::vector<int>{0});
    (void)selector_.Stop();
    (void)selector_.Prefer(2, std::nullopt, now_);
  }
}

TEST_F(SvcSelectorTest, GoesOnWithTheLayersThatAreLeft) {
  for (bool descriptors : {false, true}) {
    for (bool key_only : {false, true}) {
      Begin({.key_only = key_only, .descriptors = descriptors});
      Pictures(8);
      encoder_->SetSpatialLayers(2);
      EXPECT_EQ(NextPicture(), (std::vector<int>{0, 1}));
      EXPECT_EQ(markers_, 1);
      int pictures = 0;
      for (int i = 0; i < 60; ++i) pictures += !NextPicture().empty();
      EXPECT_EQ(pictures, 60) << "no freeze";
      EXPECT_EQ(selector_.choice().current(), (Layers{1, 2}));
      (void)selector_.Stop();
    }
  }
}

TEST_F(SvcSelectorTest, TellsThatNothingIsSentWithoutBandwidth) {
  Begin({});
  Pictures(5);
  EXPECT_TRUE(selector_.Allow(std::nullopt, now_).layers_changed);
  EXPECT_EQ(NextPicture(), kNone);
  EXPECT_EQ(selector_.Allow(Layers{0, 1}, now_).ask_key_frame, 0);
  EXPECT_EQ(NextPicture(), kNone);
  encoder_->AskKeyFrame(0);
  EXPECT_EQ(NextPicture(), std::vector<int>{0});
  EXPECT_TRUE(selector_.Stop().layers_changed || !selector_.choice().current());
}

TEST_F(SvcSelectorTest, ForwardsAStreamThatTellsNothingWhole) {
  auto send = [&](int64_t sequence, bool key, uint8_t stream = 0) {
    packet_->stream_index = stream;
    packet_->sequence = sequence;
    packet_->key_frame = key;
    packet_->payload_size = 10;
    return selector_.OnPacket(*packet_, nullptr, now_, rewriter_);
  };
  EXPECT_EQ(send(1, false).reason, DropReason::kWaitingForKeyFrame);
  EXPECT_TRUE(send(2, true).began);
  EXPECT_TRUE(send(3, false).rewrite);
  EXPECT_EQ(send(4, true, 1).reason, DropReason::kLayerNotSelected);
  packet_->stream_index = 0;
  packet_->payload_size = 0;
  packet_->sequence = 4;
  EXPECT_EQ(selector_.OnPacket(*packet_, nullptr, now_, rewriter_).reason,
            DropReason::kEmptyPayload);
  EXPECT_EQ(send(5, false).rewrite->sequence, 1002);
}

Vp9Descriptor AnyVp9(Random& random) {
  Vp9Descriptor descriptor;
  if (random.Below(8) > 0) descriptor.picture_id = static_cast<uint16_t>(random.Below(1 << 15));
  descriptor.long_picture_id = random.Below(2) == 0;
  if (descriptor.picture_id && !descriptor.long_picture_id) *descriptor.picture_id &= 0x7F;
  descriptor.inter_picture_predicted = random.Below(2) == 0;
  descriptor.flexible_mode = random.Below(2) == 0;
  descriptor.begins_frame = random.Below(2) == 0;
  descriptor.ends_frame = random.Below(2) == 0;
  descriptor.not_upper_reference = random.Below(2) == 0;
  descriptor.temporal_layer = static_cast<uint8_t>(random.Below(8));
  descriptor.spatial_layer = static_cast<uint8_t>(random.Below(8));
  descriptor.switching_up = random.Below(2) == 0;
  descriptor.inter_layer_predicted = random.Below(2) == 0;
  descriptor.reference_count = static_cast<uint8_t>(random.Below(4));
  for (uint8_t& difference : descriptor.reference_differences) {
    difference = static_cast<uint8_t>(random.Below(128));
  }
  descriptor.key_frame = random.Below(8) == 0;
  return descriptor;
}

DependencyDescriptor AnyDependencies(Random& random) {
  DependencyDescriptor descriptor;
  descriptor.start_of_frame = random.Below(2) == 0;
  descriptor.end_of_frame = random.Below(2) == 0;
  descriptor.has_structure = random.Below(4) == 0;
  descriptor.frame_number = static_cast<uint16_t>(random.NextU32());
  FrameDependencies& frame = descriptor.frame;
  frame.spatial_layer = static_cast<uint8_t>(random.Below(4));
  frame.temporal_layer = static_cast<uint8_t>(random.Below(8));
  frame.reference_count = static_cast<uint8_t>(random.Below(9));
  for (uint16_t& reference : frame.references) {
    reference = static_cast<uint16_t>(1 + random.Below(4096));
  }
  for (uint8_t& distance : frame.chain_distances) {
    distance = static_cast<uint8_t>(random.Below(256));
  }
  for (size_t i = 0; i < 32; ++i) {
    frame.indications.Set(i, static_cast<DecodeTargetIndication>(random.Below(4)));
  }
  if (random.Below(4) == 0) descriptor.active_targets = random.NextU32();
  return descriptor;
}

// An authenticated peer may claim anything: numbers stay unique, and nothing reads out of bounds.
TEST_F(SvcSelectorTest, StaysWithinBoundsUnderAnyDescriptors) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    selector_ = SvcSelector({.counts = {.spatial = 3, .temporal = 3}});
    DependencyStructure structure;
    std::set<uint16_t> numbers;
    for (int64_t sequence = 0; sequence < 3000; ++sequence) {
      packet_->sequence = sequence;
      packet_->timestamp = random.NextU32();
      packet_->payload_size = 10;
      packet_->descriptor = AnyVp9(random);
      packet_->spatial_layer = std::get<Vp9Descriptor>(packet_->descriptor).spatial_layer;
      if (random.Below(4) == 0) packet_->descriptor = std::monostate{};
      DependencyDescriptor descriptor = AnyDependencies(random);
      structure.target_count = static_cast<uint8_t>(1 + random.Below(32));
      structure.chain_count = static_cast<uint8_t>(random.Below(structure.target_count + 1u));
      for (DependencyStructure::Target& target : structure.targets) {
        target = {.spatial_layer = static_cast<uint8_t>(random.Below(4)),
                  .temporal_layer = static_cast<uint8_t>(random.Below(8)),
                  .chain = static_cast<uint8_t>(random.Below(32))};
      }
      DependencyFrame frame{descriptor, structure};
      bool described = seed % 2 == 0 && random.Below(8) > 0;
      now_ = now_ + Duration::Millis(random.Below(100));
      Selection selection =
          selector_.OnPacket(*packet_, described ? &frame : nullptr, now_, rewriter_);
      bool fresh = !selection.rewrite || numbers.insert(selection.rewrite->sequence).second;
      EXPECT_TRUE(fresh);
      if (random.Below(50) == 0) {
        (void)selector_.Allow(
            Layers{static_cast<uint8_t>(random.Below(9)), static_cast<uint8_t>(random.Below(9))},
            now_);
      }
      if (random.Below(500) == 0) (void)selector_.Stop();
    }
    EXPECT_FALSE(numbers.empty());
  }
}

}  // namespace
}  // namespace millrace
