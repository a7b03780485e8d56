#include "media/pass_through_selector.h"

#include <gtest/gtest.h>

#include <memory>

namespace millrace {
namespace {

class PassThroughSelectorTest : public testing::Test {
 protected:
  Selection Send(uint8_t stream, int64_t sequence, bool key = false) {
    packet_->stream_index = stream;
    packet_->sequence = sequence;
    packet_->timestamp = static_cast<uint32_t>(sequence * 3000);
    packet_->key_frame = key;
    packet_->payload_size = 10;
    return selector_.OnPacket(*packet_, nullptr, Timestamp::Millis(sequence * 33), rewriter_);
  }

  std::unique_ptr<RtpPacket> packet_ = std::make_unique<RtpPacket>();
  RtpRewriter rewriter_{Ssrc(7), 90'000, 1000};
  PassThroughSelector selector_{0};
};

TEST_F(PassThroughSelectorTest, BeginsWithAKeyFrame) {
  EXPECT_EQ(Send(0, 1).reason, DropReason::kWaitingForKeyFrame);
  EXPECT_TRUE(Send(0, 2, true).began);
  Selection next = Send(0, 3);
  ASSERT_TRUE(next.rewrite);
  EXPECT_EQ(next.rewrite->sequence, 1001);
  EXPECT_FALSE(next.began);
  EXPECT_EQ(Send(1, 3, true).reason, DropReason::kLayerNotSelected);
}

TEST_F(PassThroughSelectorTest, WaitsForAKeyFrameAfterAStop) {
  EXPECT_TRUE(Send(0, 2, true).rewrite);
  selector_.Stop();
  EXPECT_FALSE(Send(0, 3).rewrite);
  EXPECT_EQ(Send(0, 9, true).rewrite->sequence, 1001);
}

TEST_F(PassThroughSelectorTest, GoesOverToAnotherStreamWithItsKeyFrame) {
  EXPECT_TRUE(Send(0, 2, true).rewrite);
  selector_.SetTarget(1);
  EXPECT_FALSE(Send(1, 700).rewrite);
  EXPECT_TRUE(Send(0, 3).rewrite);
  EXPECT_EQ(Send(1, 701, true).rewrite->sequence, 1002);
  EXPECT_FALSE(Send(0, 4).rewrite);
  EXPECT_EQ(selector_.stream(), 1);
}

TEST_F(PassThroughSelectorTest, ClosesRanksBehindPacketsThatCarryNothing) {
  EXPECT_TRUE(Send(0, 2, true).rewrite);
  packet_->payload_size = 0;
  packet_->sequence = 3;
  EXPECT_EQ(selector_.OnPacket(*packet_, nullptr, Timestamp(), rewriter_).reason,
            DropReason::kEmptyPayload);
  EXPECT_EQ(Send(0, 4).rewrite->sequence, 1001);
  selector_.Stop();
  selector_.Skip(*packet_, rewriter_);
  EXPECT_EQ(Send(0, 5, true).rewrite->sequence, 1002);
}

TEST_F(PassThroughSelectorTest, CountsVp8PicturesOnAfterAStop) {
  Vp8Descriptor descriptor;
  descriptor.picture_id = 5;
  packet_->descriptor = descriptor;
  EXPECT_TRUE(Send(0, 2, true).rewrite->patch.empty());
  selector_.Stop();
  std::get<Vp8Descriptor>(packet_->descriptor).picture_id = 90;
  PayloadPatch patch = Send(0, 50, true).rewrite->patch;
  EXPECT_EQ(patch.size, 1);
  EXPECT_EQ(patch.bytes[0], 6);
}

TEST_F(PassThroughSelectorTest, HasNoPlaceForAPacketBeforeItsFirst) {
  EXPECT_TRUE(Send(0, 20, true).rewrite);
  EXPECT_EQ(Send(0, 19).reason, DropReason::kTooOld);
}

}  // namespace
}  // namespace millrace
