#include "media/vp8_layer_filter.h"

#include <gtest/gtest.h>

#include <memory>

namespace millrace {
namespace {

class Vp8LayerFilterTest : public testing::Test {
 protected:
  // A packet of the picture captured at `frame`; answers whether it goes out.
  bool Goes(uint32_t frame, uint8_t temporal, uint8_t target, bool sync = false,
            bool first = true) {
    Vp8Descriptor descriptor;
    descriptor.temporal_layer = temporal;
    descriptor.layer_sync = sync;
    descriptor.start_of_partition = first;
    return Judge(frame, descriptor, target);
  }
  bool GoesKey(uint32_t frame, uint8_t target) {
    Vp8Descriptor descriptor;
    descriptor.temporal_layer = uint8_t{0};
    descriptor.start_of_partition = true;
    descriptor.key_frame = true;
    return Judge(frame, descriptor, target);
  }

  Vp8LayerFilter filter_;

 private:
  bool Judge(uint32_t frame, const Vp8Descriptor& descriptor, uint8_t target) {
    packet_->timestamp = 0xFFFF'FF00 + frame * 3000;
    return filter_.OnPacket(*packet_, descriptor, target).forward;
  }
  std::unique_ptr<RtpPacket> packet_ = std::make_unique<RtpPacket>();
};

TEST_F(Vp8LayerFilterTest, ForwardsEverythingUpToTheTargetBehindAKeyFrame) {
  EXPECT_TRUE(GoesKey(0, 1));
  EXPECT_FALSE(Goes(1, 2, 1));
  EXPECT_TRUE(Goes(2, 1, 1));
  EXPECT_TRUE(Goes(3, 0, 1));
  EXPECT_EQ(filter_.temporal(), 1);
}

TEST_F(Vp8LayerFilterTest, GoesDownAtTheNextPictureAndNotWithinOne) {
  EXPECT_TRUE(GoesKey(0, 2));
  EXPECT_TRUE(Goes(1, 2, 2));
  EXPECT_TRUE(Goes(1, 2, 0, false, false));
  EXPECT_FALSE(Goes(2, 1, 0));
  EXPECT_TRUE(Goes(1, 2, 0, false, false)) << "late";
  EXPECT_EQ(filter_.temporal(), 0);
}

TEST_F(Vp8LayerFilterTest, GoesUpOnlyWhereThePictureSaysSo) {
  EXPECT_TRUE(GoesKey(0, 0));
  EXPECT_FALSE(Goes(1, 1, 2));
  EXPECT_FALSE(Goes(2, 2, 2, true)) << "two layers at once";
  EXPECT_TRUE(Goes(3, 1, 2, true));
  EXPECT_FALSE(Goes(4, 2, 2));
  EXPECT_TRUE(Goes(5, 2, 2, true));
  EXPECT_TRUE(Goes(6, 2, 2));
  EXPECT_EQ(filter_.temporal(), 2);
}

TEST_F(Vp8LayerFilterTest, DoesNotGoUpWithinAPicture) {
  EXPECT_TRUE(GoesKey(0, 0));
  EXPECT_FALSE(Goes(1, 1, 1, true, false)) << "its first packet is missing";
  EXPECT_FALSE(Goes(1, 1, 1, true, true)) << "and comes late";
  EXPECT_TRUE(Goes(2, 1, 1, true, true));
}

TEST_F(Vp8LayerFilterTest, JudgesALatePacketAsItsPictureWas) {
  EXPECT_TRUE(GoesKey(0, 0));
  EXPECT_FALSE(Goes(1, 1, 0));
  EXPECT_TRUE(Goes(2, 1, 2, true));
  EXPECT_TRUE(Goes(3, 2, 2, true));
  EXPECT_FALSE(Goes(1, 1, 2, false, false));
  EXPECT_TRUE(Goes(2, 1, 2, true, false));
}

TEST_F(Vp8LayerFilterTest, ForwardsAStreamWithoutTemporalLayersWhole) {
  Vp8Descriptor plain;
  plain.start_of_partition = true;
  std::unique_ptr<RtpPacket> packet = std::make_unique<RtpPacket>();
  packet->marker = true;
  for (uint32_t frame = 0; frame < 10; ++frame) {
    packet->timestamp = frame * 3000;
    EXPECT_EQ(filter_.OnPacket(*packet, plain, 0),
              (LayerVerdict{.forward = true, .ends_picture = true}));
  }
}

TEST_F(Vp8LayerFilterTest, ForgetsPicturesOfManyChangesAgo) {
  EXPECT_TRUE(GoesKey(0, 0));
  EXPECT_TRUE(Goes(1, 0, 0));
  for (uint32_t frame = 2; frame < 30; frame += 2) {
    EXPECT_TRUE(Goes(frame, 1, 1, true));
    EXPECT_TRUE(Goes(frame + 1, 0, 0));
  }
  EXPECT_TRUE(Goes(28, 1, 0, true, false));
  EXPECT_FALSE(Goes(1, 0, 0, false, false));
}

}  // namespace
}  // namespace millrace
