#include "simulation/frame_decoder.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

MediaUnit Part(uint32_t frame, uint16_t place, uint16_t count, bool key_frame = false) {
  return {.video = true, .frame = frame, .place = place, .count = count, .key_frame = key_frame};
}

TEST(FrameDecoderTest, ShowsWholePicturesAfterAKeyFrame) {
  FrameDecoder decoder;
  decoder.Receive(Part(0, 0, 1), At(0));
  EXPECT_TRUE(decoder.shown().empty());
  decoder.Receive(Part(1, 0, 2, true), At(10));
  EXPECT_TRUE(decoder.shown().empty());
  decoder.Receive(Part(1, 1, 2, true), At(20));
  ASSERT_EQ(decoder.shown().size(), 1u);
  decoder.Receive(Part(2, 0, 1), At(30));
  EXPECT_EQ(decoder.shown().back().frame, 2u);
}

TEST(FrameDecoderTest, WaitsForTheMissingPictureAndThenCatchesUp) {
  FrameDecoder decoder;
  decoder.Receive(Part(0, 0, 1, true), At(0));
  decoder.Receive(Part(2, 0, 1), At(20));
  decoder.Receive(Part(3, 0, 1), At(30));
  EXPECT_EQ(decoder.shown().size(), 1u);
  decoder.Receive(Part(1, 0, 1), At(500));
  EXPECT_EQ(decoder.shown().size(), 4u);
  EXPECT_EQ(decoder.LongestFreeze(At(0), At(600)), Duration::Millis(500));
  EXPECT_EQ(decoder.FirstShownAfter(At(1)), At(500));
}

TEST(FrameDecoderTest, AKeyFrameEndsTheWaiting) {
  FrameDecoder decoder;
  decoder.Receive(Part(0, 0, 1, true), At(0));
  decoder.Receive(Part(2, 0, 1), At(20));
  decoder.Receive(Part(5, 0, 1, true), At(50));
  EXPECT_EQ(decoder.shown().back().frame, 5u);
  decoder.Receive(Part(1, 0, 1), At(60));
  EXPECT_EQ(decoder.shown().back().frame, 5u);
}

}  // namespace
}  // namespace millrace
