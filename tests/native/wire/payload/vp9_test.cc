#include "wire/payload/vp9.h"

#include <gtest/gtest.h>

#include "wire/hex.h"

namespace millrace {
namespace {

TEST(Vp9DescriptorTest, ReadsNonFlexibleLayers) {
  // I L B E; 15-bit picture id; TID 1, U, SID 2, D; TL0PICIDX.
  std::optional<Vp9Descriptor> descriptor = Vp9Descriptor::Parse(Hex("ac 9234 35 77 00"));
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->long_picture_id);
  EXPECT_EQ(descriptor->picture_id, 0x1234);
  EXPECT_TRUE(descriptor->has_layers);
  EXPECT_EQ(descriptor->temporal_layer, 1);
  EXPECT_TRUE(descriptor->switching_up);
  EXPECT_EQ(descriptor->spatial_layer, 2);
  EXPECT_TRUE(descriptor->inter_layer_predicted);
  EXPECT_EQ(descriptor->tl0_picture_index, 0x77);
  EXPECT_TRUE(descriptor->begins_frame);
  EXPECT_TRUE(descriptor->ends_frame);
  EXPECT_FALSE(descriptor->key_frame) << "an upper layer of a key picture";
  EXPECT_EQ(descriptor->size, 5u);
}

TEST(Vp9DescriptorTest, ReadsFlexibleReferences) {
  // I P L F Z; 7-bit picture id; layers; three references.
  std::optional<Vp9Descriptor> descriptor = Vp9Descriptor::Parse(Hex("f1 05 00 03 05 08 ff"));
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->flexible_mode);
  EXPECT_TRUE(descriptor->not_upper_reference);
  EXPECT_FALSE(descriptor->tl0_picture_index);
  ASSERT_EQ(descriptor->reference_count, 3);
  EXPECT_EQ(descriptor->reference_differences[0], 1);
  EXPECT_EQ(descriptor->reference_differences[1], 2);
  EXPECT_EQ(descriptor->reference_differences[2], 4);
  EXPECT_EQ(descriptor->size, 6u);
  EXPECT_FALSE(Vp9Descriptor::Parse(Hex("f1 05 00 03 05 09 08 ff"))) << "a fourth reference";
}

TEST(Vp9DescriptorTest, IgnoresFlexibleModeWithoutAPictureId) {
  std::optional<Vp9Descriptor> descriptor = Vp9Descriptor::Parse(Hex("50 ff"));
  ASSERT_TRUE(descriptor);
  EXPECT_FALSE(descriptor->flexible_mode);
  EXPECT_EQ(descriptor->reference_count, 0);
  EXPECT_EQ(descriptor->size, 1u);
}

TEST(Vp9DescriptorTest, ReadsTheScalabilityStructure) {
  // B V; 2 spatial layers, resolutions, a group of two pictures with 0 and 2 references.
  std::optional<Vp9Descriptor> descriptor =
      Vp9Descriptor::Parse(Hex("0a 38 0140 00b4 0280 0168 02 00 28 01 02 ff"));
  ASSERT_TRUE(descriptor);
  ASSERT_TRUE(descriptor->structure);
  EXPECT_EQ(descriptor->structure->spatial_layers, 2);
  EXPECT_TRUE(descriptor->structure->has_resolutions);
  EXPECT_EQ(descriptor->structure->widths[0], 320);
  EXPECT_EQ(descriptor->structure->heights[1], 360);
  EXPECT_EQ(descriptor->structure->pictures_in_group, 2);
  EXPECT_EQ(descriptor->size, 15u);
  EXPECT_TRUE(descriptor->key_frame);
}

TEST(Vp9DescriptorTest, AKeyFrameBeginsAtTheLowestLayer) {
  EXPECT_TRUE(Vp9Descriptor::Parse(Hex("08 ff"))->key_frame);
  EXPECT_TRUE(Vp9Descriptor::Parse(Hex("28 00 00 ff"))->key_frame);
  EXPECT_FALSE(Vp9Descriptor::Parse(Hex("28 02 00 ff"))->key_frame) << "spatial layer 1";
  EXPECT_FALSE(Vp9Descriptor::Parse(Hex("48 ff"))->key_frame) << "predicted";
  EXPECT_FALSE(Vp9Descriptor::Parse(Hex("00 ff"))->key_frame) << "not the beginning";
}

TEST(Vp9DescriptorTest, RefusesCutDescriptorsAndMissingData) {
  for (const char* hex : {"ac 9234 35 77 00", "f1 05 00 03 05 08 ff",
                          "0a 38 0140 00b4 0280 0168 02 00 28 01 02 ff"}) {
    std::vector<uint8_t> whole = Hex(hex);
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(Vp9Descriptor::Parse(Bytes(whole).first(size))) << hex << " " << size;
    }
    EXPECT_TRUE(Vp9Descriptor::Parse(whole)) << hex;
  }
}

}  // namespace
}  // namespace millrace
