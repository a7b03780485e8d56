#include "wire/dependency_descriptor.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "wire/dependency_descriptor_bits.h"
#include "wire/dependency_descriptor_writer.h"

namespace millrace {
namespace {

using Indication = DecodeTargetIndication;
using Writer = DependencyDescriptorWriter;

// Appendix A.10.2 of the AV1 payload format in short: one spatial and two temporal layers.
DependencyStructure TwoTemporalLayers() {
  DependencyStructure structure;
  structure.template_id_offset = 60;
  structure.template_count = 3;
  structure.target_count = 2;
  structure.chain_count = 1;
  structure.temporal_layers = 2;
  structure.targets[1].temporal_layer = 1;
  structure.has_resolutions = true;
  structure.resolutions[0] = {640, 360};
  FrameDependencies& key = structure.templates[0];
  key.indications.Set(0, Indication::kSwitch);
  key.indications.Set(1, Indication::kSwitch);
  FrameDependencies& base = structure.templates[1];
  base = key;
  base.references[base.reference_count++] = 2;
  base.chain_distances[0] = 2;
  FrameDependencies& upper = structure.templates[2];
  upper.temporal_layer = 1;
  upper.indications.Set(1, Indication::kDiscardable);
  upper.references[upper.reference_count++] = 1;
  upper.chain_distances[0] = 1;
  return structure;
}

void ExpectSame(const FrameDependencies& a, const FrameDependencies& b) {
  EXPECT_EQ(a.spatial_layer, b.spatial_layer);
  EXPECT_EQ(a.temporal_layer, b.temporal_layer);
  EXPECT_EQ(a.indications, b.indications);
  EXPECT_EQ(a.reference_count, b.reference_count);
  EXPECT_EQ(a.references, b.references);
  EXPECT_EQ(a.chain_distances, b.chain_distances);
}

TEST(DependencyDescriptorBitsTest, ReadsNonSymmetricNumbers) {
  // AV1 4.10.7, n = 5: 0, 1 and 2 in two bits, 3 as 110 and 4 as 111.
  std::vector<uint8_t> bytes = {0b00'01'10'11, 0b0'111'0000};
  DependencyDescriptorBits bits(bytes);
  for (uint32_t expected = 0; expected < 5; ++expected) {
    EXPECT_EQ(bits.ReadNonSymmetric(5), expected);
  }
  EXPECT_EQ(bits.ReadNonSymmetric(1), 0u);
  EXPECT_TRUE(bits.ok());
  EXPECT_EQ(bits.Read(5), 0u);
  EXPECT_FALSE(bits.ok());
}

TEST(DependencyDescriptorTest, ReadsAStructureAndTheFrameThatBringsIt) {
  DependencyStructure written = TwoTemporalLayers();
  DependencyDescriptor key{.start_of_frame = true, .end_of_frame = true, .frame_number = 400};
  std::optional<DependencyStructure> structure;
  std::optional<DependencyDescriptor> read = DependencyDescriptor::Parse(
      Writer::Write(key, 60, {.structure = &written}, written), structure);
  ASSERT_TRUE(read);
  ASSERT_TRUE(structure);
  EXPECT_TRUE(read->start_of_frame);
  EXPECT_TRUE(read->end_of_frame);
  EXPECT_TRUE(read->has_structure);
  EXPECT_EQ(read->frame_number, 400);
  EXPECT_EQ(read->active_targets, 0b11u);
  ExpectSame(read->frame, written.templates[0]);
  EXPECT_EQ(structure->template_count, 3);
  EXPECT_EQ(structure->target_count, 2);
  EXPECT_EQ(structure->chain_count, 1);
  EXPECT_EQ(structure->spatial_layers, 1);
  EXPECT_EQ(structure->temporal_layers, 2);
  EXPECT_EQ(structure->targets[0].temporal_layer, 0);
  EXPECT_EQ(structure->targets[1].temporal_layer, 1);
  EXPECT_EQ(structure->resolutions[0].width, 640);
  EXPECT_EQ(structure->resolutions[0].height, 360);
  for (size_t i = 0; i < 3; ++i) ExpectSame(structure->templates[i], written.templates[i]);
}

TEST(DependencyDescriptorTest, ReadsTheBytesOfTheSyntaxTableByHand) {
  // start, end, template 0; frame 1. Flags: structure only. Offset 0, one target, one template.
  // Its indication: switch. No reference, no chain (ns(2) of 0: one bit), no resolutions.
  //   1 1 000000 | 00000000 | 00000001 | 1 0 0 0 0 000 | 000 00000 | 11 10 0 0 0 0
  std::vector<uint8_t> bytes = {0xC0, 0x00, 0x01, 0x80, 0x00, 0xE0};
  std::optional<DependencyStructure> structure;
  std::optional<DependencyDescriptor> read = DependencyDescriptor::Parse(bytes, structure);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->frame_number, 1);
  EXPECT_EQ(read->frame.indications[0], Indication::kSwitch);
  EXPECT_EQ(read->frame.reference_count, 0);
  EXPECT_EQ(structure->target_count, 1);
  EXPECT_EQ(structure->chain_count, 0);
}

TEST(DependencyDescriptorTest, TakesAFrameFromItsTemplateInThreeBytes) {
  std::optional<DependencyStructure> structure = TwoTemporalLayers();
  DependencyDescriptor frame{.end_of_frame = true, .frame_number = 65'535};
  std::vector<uint8_t> bytes = Writer::Write(frame, 62, {}, *structure);
  EXPECT_EQ(bytes.size(), 3u);
  std::optional<DependencyDescriptor> read = DependencyDescriptor::Parse(bytes, structure);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->start_of_frame);
  EXPECT_EQ(read->frame_number, 65'535);
  EXPECT_EQ(read->active_targets, std::nullopt);
  ExpectSame(read->frame, structure->templates[2]);
}

TEST(DependencyDescriptorTest, LetsAFrameDifferFromItsTemplate) {
  std::optional<DependencyStructure> structure = TwoTemporalLayers();
  DependencyDescriptor frame{.frame_number = 7};
  frame.frame = structure->templates[1];
  frame.frame.indications = {};
  frame.frame.indications.Set(0, Indication::kRequired);
  frame.frame.references = {1, 16, 17, 256, 257, 4096};
  frame.frame.reference_count = 6;
  frame.frame.chain_distances[0] = 255;
  uint32_t active = 0b01;
  std::vector<uint8_t> bytes = Writer::Write(
      frame, 61,
      {.active_targets = &active, .indications = true, .references = true, .chains = true},
      *structure);
  std::optional<DependencyDescriptor> read = DependencyDescriptor::Parse(bytes, structure);
  ASSERT_TRUE(read);
  ExpectSame(read->frame, frame.frame);
  EXPECT_EQ(read->active_targets, 0b01u);
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(DependencyDescriptor::Parse(Bytes(bytes).first(cut), structure) && cut != 3)
        << cut;
  }
}

TEST(DependencyDescriptorTest, CountsTemplatesRoundFromTheirOffset) {
  std::optional<DependencyStructure> structure = TwoTemporalLayers();
  structure->template_id_offset = 63;
  DependencyDescriptor frame;
  EXPECT_TRUE(DependencyDescriptor::Parse(Writer::Write(frame, 63, {}, *structure), structure));
  std::optional<DependencyDescriptor> read =
      DependencyDescriptor::Parse(Writer::Write(frame, 1, {}, *structure), structure);
  ASSERT_TRUE(read);
  ExpectSame(read->frame, structure->templates[2]);
  EXPECT_FALSE(DependencyDescriptor::Parse(Writer::Write(frame, 2, {}, *structure), structure));
}

TEST(DependencyDescriptorTest, RefusesWhatNeedsAStructureThatNeverCame) {
  std::optional<DependencyStructure> structure;
  EXPECT_FALSE(DependencyDescriptor::Parse(std::vector<uint8_t>{0xC0, 0, 1}, structure));
  EXPECT_FALSE(DependencyDescriptor::Parse(std::vector<uint8_t>{0xC0, 0, 1, 0x40}, structure));
  EXPECT_FALSE(DependencyDescriptor::Parse(Bytes(), structure));
}

TEST(DependencyDescriptorTest, RefusesMoreOfAnythingThanThereCanBe) {
  std::optional<DependencyStructure> none;
  DependencyDescriptor key;
  DependencyStructure many = TwoTemporalLayers();
  many.templates[2].reference_count = FrameDependencies::kReferencesMax;
  many.templates[2].references.fill(1);
  std::vector<uint8_t> bytes = Writer::Write(key, 60, {.structure = &many}, many);
  EXPECT_TRUE(DependencyDescriptor::Parse(bytes, none));

  // All bits zero from the layers on: templates without end.
  none.reset();
  std::vector<uint8_t> endless(255, 0);
  endless[3] = 0x80;
  EXPECT_FALSE(DependencyDescriptor::Parse(endless, none));
  // Spatial layers without end.
  for (size_t i = 5; i < endless.size(); ++i) endless[i] = 0b10101010;
  EXPECT_FALSE(DependencyDescriptor::Parse(endless, none));
  // Temporal layers, and references, without end.
  for (size_t i = 5; i < endless.size(); ++i) endless[i] = 0b01010101;
  EXPECT_FALSE(DependencyDescriptor::Parse(endless, none));
  for (size_t i = 5; i < endless.size(); ++i) endless[i] = 0xFF;
  EXPECT_FALSE(DependencyDescriptor::Parse(endless, none));
  EXPECT_FALSE(none);
}

TEST(DependencyDescriptorTest, KeepsTheOldStructureWhenTheNewOneIsBroken) {
  std::optional<DependencyStructure> structure = TwoTemporalLayers();
  DependencyStructure other = TwoTemporalLayers();
  other.target_count = 1;
  other.chain_count = 0;
  DependencyDescriptor key;
  std::vector<uint8_t> bytes = Writer::Write(key, 60, {.structure = &other}, other);
  std::vector<uint8_t> cut(bytes.begin(), bytes.end() - 1);
  EXPECT_FALSE(DependencyDescriptor::Parse(cut, structure));
  EXPECT_EQ(structure->target_count, 2);
  EXPECT_TRUE(DependencyDescriptor::Parse(bytes, structure));
  EXPECT_EQ(structure->target_count, 1);
}

// A random structure reads back as it was written, and no cut of it reads out of bounds.
TEST(DependencyDescriptorTest, ReadsBackEveryStructure) {
  Random random(5);
  for (int round = 0; round < 500; ++round) {
    DependencyStructure written;
    written.template_id_offset = static_cast<uint8_t>(random.Below(64));
    written.target_count = static_cast<uint8_t>(1 + random.Below(32));
    written.chain_count = static_cast<uint8_t>(random.Below(written.target_count + 1u));
    uint8_t spatial = 0;
    uint8_t temporal = 0;
    uint32_t templates = 1 + random.Below(12);
    for (uint32_t i = 0; i < templates; ++i) {
      FrameDependencies& frame = written.templates[written.template_count++];
      frame.spatial_layer = spatial;
      frame.temporal_layer = temporal;
      for (size_t t = 0; t < written.target_count; ++t) {
        frame.indications.Set(t, static_cast<Indication>(random.Below(4)));
      }
      uint32_t references = random.Below(4);
      for (uint32_t r = 0; r < references; ++r) {
        frame.references[frame.reference_count++] = static_cast<uint16_t>(1 + random.Below(16));
      }
      for (size_t c = 0; c < written.chain_count; ++c) {
        frame.chain_distances[c] = static_cast<uint8_t>(random.Below(16));
      }
      uint32_t step = random.Below(3);
      if (step == 1 && temporal < 7) ++temporal;
      if (step == 2 && spatial < 3) ++spatial, temporal = 0;
    }
    for (size_t t = 0; written.chain_count > 0 && t < written.target_count; ++t) {
      written.targets[t].chain = static_cast<uint8_t>(random.Below(written.chain_count));
    }
    DependencyDescriptor key{.frame_number = static_cast<uint16_t>(round)};
    std::vector<uint8_t> bytes =
        Writer::Write(key, written.template_id_offset, {.structure = &written}, written);
    std::optional<DependencyStructure> structure;
    ASSERT_TRUE(DependencyDescriptor::Parse(bytes, structure));
    ASSERT_EQ(structure->template_count, written.template_count);
    ASSERT_EQ(structure->chain_count, written.chain_count);
    for (size_t i = 0; i < written.template_count; ++i) {
      ExpectSame(structure->templates[i], written.templates[i]);
    }
    for (size_t t = 0; t < written.target_count; ++t) {
      EXPECT_EQ(structure->targets[t].chain, written.targets[t].chain);
    }
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      std::optional<DependencyStructure> none;
      EXPECT_FALSE(DependencyDescriptor::Parse(Bytes(bytes).first(cut), none));
    }
  }
}

}  // namespace
}  // namespace millrace
