#include "media/vp8_rewriter.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/check.h"
#include "base/random.h"

namespace millrace {
namespace {

Vp8Descriptor Long(uint16_t id, uint8_t tl0) {
  Vp8Descriptor descriptor;
  descriptor.picture_id = static_cast<uint16_t>(id & 0x7FFF);
  descriptor.long_picture_id = true;
  descriptor.tl0_picture_index = tl0;
  return descriptor;
}

Vp8Descriptor Short(uint8_t id) {
  Vp8Descriptor descriptor;
  descriptor.picture_id = static_cast<uint16_t>(id & 0x7F);
  return descriptor;
}

// The payload of a packet with this descriptor, as RFC 7741 section 4.2 lays it out.
std::vector<uint8_t> PayloadOf(const Vp8Descriptor& descriptor) {
  std::vector<uint8_t> payload = {0x90, 0x00};
  if (descriptor.picture_id) {
    payload[1] |= 0x80;
    uint16_t id = *descriptor.picture_id;
    if (descriptor.long_picture_id) payload.push_back(static_cast<uint8_t>(0x80 | id >> 8));
    payload.push_back(static_cast<uint8_t>(id));
  }
  if (descriptor.tl0_picture_index) {
    payload[1] |= 0x40;
    payload.push_back(*descriptor.tl0_picture_index);
  }
  payload.push_back(0x01);
  return payload;
}

// What a receiver reads once the patch is applied.
Vp8Descriptor Sent(Vp8Rewriter& rewriter, const Vp8Descriptor& descriptor) {
  std::vector<uint8_t> payload = PayloadOf(descriptor);
  rewriter.Forward(descriptor).Apply(payload);
  std::optional<Vp8Descriptor> read = Vp8Descriptor::Parse(payload);
  CHECK(read, "a patched descriptor still parses");
  EXPECT_EQ(read->long_picture_id, descriptor.long_picture_id);
  EXPECT_EQ(read->size, payload.size() - 1);
  return *read;
}

TEST(Vp8RewriterTest, LeavesAnUncutSourceAsItIs) {
  Vp8Rewriter rewriter;
  for (uint16_t id = 32'760; id < 32'780; ++id) {
    EXPECT_TRUE(rewriter.Forward(Long(id, static_cast<uint8_t>(id))).empty()) << id;
  }
}

TEST(Vp8RewriterTest, ClosesRanksBehindALeftOutPictureOfManyPackets) {
  Vp8Rewriter rewriter;
  EXPECT_EQ(Sent(rewriter, Long(100, 7)).picture_id, 100);
  for (int packet = 0; packet < 5; ++packet) rewriter.Drop(Long(101, 7));
  EXPECT_EQ(Sent(rewriter, Long(102, 8)).picture_id, 101);
  EXPECT_EQ(Sent(rewriter, Long(102, 8)).picture_id, 101);
  EXPECT_EQ(Sent(rewriter, Long(103, 8)).tl0_picture_index, 8);
}

TEST(Vp8RewriterTest, LeavesALostPictureAsAGapThatFitsWhenItComesLate) {
  Vp8Rewriter rewriter;
  EXPECT_EQ(Sent(rewriter, Long(10, 0)).picture_id, 10);
  rewriter.Drop(Long(11, 0));
  EXPECT_EQ(Sent(rewriter, Long(14, 2)).picture_id, 13);
  EXPECT_EQ(Sent(rewriter, Long(13, 1)).picture_id, 12);
  EXPECT_EQ(Sent(rewriter, Long(12, 1)).picture_id, 11);
}

TEST(Vp8RewriterTest, GoesOnFromOneSourceToTheNext) {
  Vp8Rewriter rewriter;
  EXPECT_EQ(Sent(rewriter, Long(32'767, 255)).picture_id, 32'767);
  rewriter.Start(Long(4000, 17));
  Vp8Descriptor first = Sent(rewriter, Long(4000, 17));
  EXPECT_EQ(first.picture_id, 0);
  EXPECT_EQ(first.tl0_picture_index, 0);
  Vp8Descriptor second = Sent(rewriter, Long(4001, 18));
  EXPECT_EQ(second.picture_id, 1);
  EXPECT_EQ(second.tl0_picture_index, 1);
}

TEST(Vp8RewriterTest, CountsOnThroughSourcesOfBothLengths) {
  Vp8Rewriter rewriter;
  EXPECT_EQ(Sent(rewriter, Long(300, 1)).picture_id, 300);
  rewriter.Start(Short(5));
  EXPECT_EQ(Sent(rewriter, Short(5)).picture_id, 301 & 0x7F);
  rewriter.Start(Long(9, 0));
  EXPECT_EQ(Sent(rewriter, Long(9, 0)).picture_id, 302);
}

TEST(Vp8RewriterTest, WrapsSevenBitsWithDropsBetween) {
  Vp8Rewriter rewriter;
  int sent = 0;
  for (int id = 0; id < 1000; ++id) {
    if (id % 3 == 2) {
      rewriter.Drop(Short(static_cast<uint8_t>(id)));
      continue;
    }
    ASSERT_EQ(Sent(rewriter, Short(static_cast<uint8_t>(id))).picture_id, sent % 128);
    ++sent;
  }
}

TEST(Vp8RewriterTest, TakesAKeyFrameFarBackAsANewCount) {
  Vp8Rewriter rewriter;
  EXPECT_EQ(Sent(rewriter, Long(20'000, 40)).picture_id, 20'000);
  Vp8Descriptor key = Long(10'000, 3);
  key.key_frame = true;
  EXPECT_EQ(Sent(rewriter, key).picture_id, 20'001);
  EXPECT_EQ(Sent(rewriter, Long(10'001, 4)).picture_id, 20'002);
}

TEST(Vp8RewriterTest, TakesAKeyFrameALittleBackAsLate) {
  Vp8Rewriter rewriter;
  EXPECT_EQ(Sent(rewriter, Long(500, 1)).picture_id, 500);
  EXPECT_EQ(Sent(rewriter, Long(510, 3)).picture_id, 510);
  Vp8Descriptor key = Long(505, 2);
  key.key_frame = true;
  EXPECT_EQ(Sent(rewriter, key).picture_id, 505);
}

TEST(Vp8RewriterTest, HasNothingToSayToAPayloadWithoutNumbers) {
  Vp8Rewriter rewriter;
  EXPECT_TRUE(rewriter.Forward(Vp8Descriptor()).empty());
  rewriter.Drop(Vp8Descriptor());
  EXPECT_TRUE(rewriter.Forward(Vp8Descriptor()).empty());
}

TEST(Vp8RewriterTest, PatchesTl0AloneWhereThereIsNoPictureId) {
  Vp8Rewriter rewriter;
  Vp8Descriptor packet;
  packet.tl0_picture_index = 200;
  EXPECT_EQ(Sent(rewriter, packet).tl0_picture_index, 200);
  packet.tl0_picture_index = 9;
  rewriter.Start(packet);
  EXPECT_EQ(Sent(rewriter, packet).tl0_picture_index, 201);
}

// Law: whatever is dropped, lost, late or switched, every forwarded picture has one id of its own,
// ids are in the order of the pictures, and only upstream loss leaves gaps.
TEST(Vp8RewriterTest, KeepsPictureIdsInOrderUnderRandomDropsLossesAndSwitches) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    Vp8Rewriter rewriter;
    int64_t expected = -1;
    for (int part = 0; part < 10; ++part) {
      uint16_t id = static_cast<uint16_t>(random.Below(1 << 15));
      rewriter.Start(Long(id, 0));
      if (expected < 0) expected = id;
      std::vector<std::pair<uint16_t, int64_t>> late;
      int pictures = static_cast<int>(10 + random.Below(300));
      for (int i = 0; i < pictures; ++i, ++id) {
        uint32_t fate = i == 0 ? 3 : random.Below(4);
        if (fate == 0) {
          rewriter.Drop(Long(id, 0));
          continue;
        }
        if (fate == 1 && i + 1 < pictures) {
          late.emplace_back(id, expected);
        } else {
          ASSERT_EQ(Sent(rewriter, Long(id, 0)).picture_id, expected & 0x7FFF) << seed;
        }
        ++expected;
        if (late.size() > 5) {
          ASSERT_EQ(Sent(rewriter, Long(late[0].first, 0)).picture_id, late[0].second & 0x7FFF)
              << seed;
          late.erase(late.begin());
        }
      }
      // The newest picture closes the part, so that the next one follows it.
      ASSERT_EQ(Sent(rewriter, Long(id, 0)).picture_id, expected & 0x7FFF) << seed;
      ++expected;
    }
  }
}

}  // namespace
}  // namespace millrace
