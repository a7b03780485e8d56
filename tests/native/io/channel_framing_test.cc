#include "io/channel_framing.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace millrace {
namespace {

using Buffer = std::vector<uint8_t>;

Buffer MakeFrame(size_t size, uint8_t filling) {
  size_t body = size - ChannelFraming::kPrefixBytes;
  Buffer frame(size, filling);
  for (size_t i = 0; i < 4; ++i) frame[i] = static_cast<uint8_t>(body >> (8 * i));
  return frame;
}

void Feed(ChannelFraming& framing, Bytes bytes) {
  while (!bytes.empty()) {
    MutableBytes space = framing.Space();
    size_t count = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), count);
    framing.Took(count);
    bytes = bytes.subspan(count);
  }
}

Buffer Copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST(ChannelFramingTest, PutsAFrameTogetherFromSingleBytes) {
  ChannelFraming framing;
  Buffer frame = MakeFrame(300, 7);
  for (size_t i = 0; i + 1 < frame.size(); ++i) {
    Feed(framing, Bytes(frame).subspan(i, 1));
    ASSERT_TRUE(framing.Next().empty()) << "after byte " << i;
  }
  Feed(framing, Bytes(frame).last(1));
  EXPECT_EQ(Copy(framing.Next()), frame);
  EXPECT_TRUE(framing.Next().empty());
}

TEST(ChannelFramingTest, GivesEachOfManyFramesOfOneReadAlignedForTheirNumbers) {
  ChannelFraming framing;
  Buffer all;
  for (uint8_t i = 0; i < 64; ++i) {
    Buffer frame = MakeFrame(size_t{4} + i * 4u, i);
    all.insert(all.end(), frame.begin(), frame.end());
  }
  Feed(framing, all);
  for (uint8_t i = 0; i < 64; ++i) {
    Bytes frame = framing.Next();
    EXPECT_EQ(Copy(frame), MakeFrame(size_t{4} + i * 4u, i));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(frame.data()) % 8, 0u);
  }
  EXPECT_TRUE(framing.Next().empty());
  EXPECT_FALSE(framing.broken());
}

TEST(ChannelFramingTest, TakesTheLargestFrameAndRefusesOneByteMore) {
  ChannelFraming framing;
  Buffer largest = MakeFrame(ChannelFraming::kFrameBytesMax, 1);
  Feed(framing, largest);
  EXPECT_EQ(framing.Next().size(), ChannelFraming::kFrameBytesMax);

  Buffer larger = MakeFrame(ChannelFraming::kFrameBytesMax + 1, 1);
  Feed(framing, Bytes(larger).first(4));
  EXPECT_TRUE(framing.Next().empty());
  EXPECT_TRUE(framing.broken());
}

TEST(ChannelFramingTest, AnnouncedBytesCostNoMemoryBeforeTheyCome) {
  ChannelFraming framing;
  Buffer prefix = MakeFrame(ChannelFraming::kFrameBytesMax, 1);
  Feed(framing, Bytes(prefix).first(4));
  EXPECT_TRUE(framing.Next().empty());
  EXPECT_LE(framing.Space().size(), 4 * ChannelFraming::kReadBytes);
}

TEST(ChannelFramingTest, APrefixOfAllOnesBreaksTheChannel) {
  ChannelFraming framing;
  Feed(framing, Buffer{0xff, 0xff, 0xff, 0xff});
  EXPECT_TRUE(framing.Next().empty());
  EXPECT_TRUE(framing.broken());
}

TEST(ChannelFramingTest, AnEmptyFrameIsAFrame) {
  ChannelFraming framing;
  Feed(framing, Buffer{0, 0, 0, 0});
  EXPECT_EQ(framing.Next().size(), 4u);
  EXPECT_FALSE(framing.broken());
}

}  // namespace
}  // namespace millrace
