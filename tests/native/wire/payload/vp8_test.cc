#include "wire/payload/vp8.h"

#include <gtest/gtest.h>

#include "wire/hex.h"

namespace millrace {
namespace {

TEST(Vp8DescriptorTest, ReadsTheOneByteForm) {
  std::optional<Vp8Descriptor> descriptor = Vp8Descriptor::Parse(Hex("10 00"));
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->start_of_partition);
  EXPECT_TRUE(descriptor->key_frame);
  EXPECT_FALSE(descriptor->non_reference);
  EXPECT_EQ(descriptor->size, 1u);
  EXPECT_FALSE(descriptor->picture_id);
  EXPECT_FALSE(descriptor->temporal_layer);
}

TEST(Vp8DescriptorTest, ReadsEveryField) {
  // X N S; I L T K; 15-bit picture id; TL0PICIDX; TID 2, Y, KEYIDX 5.
  std::optional<Vp8Descriptor> descriptor = Vp8Descriptor::Parse(Hex("b0 f0 92 34 56 a5 01"));
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->non_reference);
  EXPECT_TRUE(descriptor->long_picture_id);
  EXPECT_EQ(descriptor->picture_id, 0x1234);
  EXPECT_EQ(descriptor->tl0_picture_index, 0x56);
  EXPECT_EQ(descriptor->temporal_layer, 2);
  EXPECT_TRUE(descriptor->layer_sync);
  EXPECT_EQ(descriptor->key_index, 5);
  EXPECT_FALSE(descriptor->key_frame);
  EXPECT_EQ(descriptor->size, 6u);
}

TEST(Vp8DescriptorTest, ReadsAShortPictureId) {
  std::optional<Vp8Descriptor> descriptor = Vp8Descriptor::Parse(Hex("80 80 7f 00"));
  ASSERT_TRUE(descriptor);
  EXPECT_FALSE(descriptor->long_picture_id);
  EXPECT_EQ(descriptor->picture_id, 0x7f);
  EXPECT_EQ(descriptor->size, 3u);
}

TEST(Vp8DescriptorTest, EachHalfOfTheLayerByteNeedsItsOwnBit) {
  std::optional<Vp8Descriptor> layer = Vp8Descriptor::Parse(Hex("80 20 e5 00"));
  ASSERT_TRUE(layer);
  EXPECT_EQ(layer->temporal_layer, 3);
  EXPECT_FALSE(layer->key_index);
  std::optional<Vp8Descriptor> key = Vp8Descriptor::Parse(Hex("80 10 e5 00"));
  ASSERT_TRUE(key);
  EXPECT_FALSE(key->temporal_layer);
  EXPECT_FALSE(key->layer_sync);
  EXPECT_EQ(key->key_index, 5);
}

TEST(Vp8DescriptorTest, OnlyTheFirstPartitionsStartBeginsAKeyFrame) {
  EXPECT_FALSE(Vp8Descriptor::Parse(Hex("00 00"))->key_frame) << "no start";
  EXPECT_FALSE(Vp8Descriptor::Parse(Hex("11 00"))->key_frame) << "partition 1";
  EXPECT_FALSE(Vp8Descriptor::Parse(Hex("10 01"))->key_frame) << "inter frame";
}

TEST(Vp8DescriptorTest, RefusesCutDescriptorsAndMissingData) {
  std::vector<uint8_t> whole = Hex("b0 f0 92 34 56 a5 01");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Vp8Descriptor::Parse(Bytes(whole).first(size))) << size;
  }
}

}  // namespace
}  // namespace millrace
