#include "wire/dependency_descriptor_patch.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <vector>

#include "base/random.h"
#include "wire/dependency_descriptor.h"
#include "wire/dependency_descriptor_writer.h"

namespace millrace {
namespace {

using Writer = DependencyDescriptorWriter;
using Value = std::vector<uint8_t>;

Value Apply(const DependencyPatch& patch, const Value& value,
            size_t room = DependencyPatch::kBytesMax) {
  std::array<uint8_t, DependencyPatch::kBytesMax> buffer;
  buffer.fill(0xEE);
  Bytes patched = patch.Apply(value, MutableBytes(buffer).first(room));
  return {patched.begin(), patched.end()};
}

// One target and one template, as by hand in DependencyDescriptorTest:
//   start, end, template 0 | frame 1 | structure alone | offset 0, one target, one template that
//   switches, no reference, no chain, no resolutions
//   1 1 000000 | 00000000 | 00000001 | 1 0 0 0 0 000 | 000 00000 | 11 10 0 0 0 0
const Value kStructure = {0xC0, 0x00, 0x01, 0x80, 0x00, 0xE0};

TEST(DependencyPatchTest, LeavesTheBytesAloneThatStayAsTheyAre) {
  EXPECT_EQ(Apply({}, kStructure), kStructure);
  EXPECT_EQ(Apply({}, {0x01, 0x02, 0x03}), (Value{0x01, 0x02, 0x03}));
  EXPECT_TRUE(DependencyPatch{}.empty());
}

TEST(DependencyPatchTest, LeavesOutTheWholeDescriptor) {
  EXPECT_EQ(Apply({.leave_out = true}, kStructure), Value{});
  EXPECT_EQ(Apply({}, {0x01, 0x02}), Value{}) << "no descriptor is that short";
}

TEST(DependencyPatchTest, ShiftsFrameAndTemplateNumbersRound) {
  DependencyPatch patch{.frame_number_shift = 0xFFFF, .template_id_shift = 62};
  EXPECT_EQ(Apply(patch, {0x83, 0x00, 0x00}), (Value{0x81, 0xFF, 0xFF}));
  // The offset moves with the ids: 0 + 62, in the bits behind the five flags.
  //   11 111110 | 00000000 | 00000000 | 1 0 0 0 0 111 | 110 00000
  EXPECT_EQ(Apply(patch, kStructure), (Value{0xFE, 0x00, 0x00, 0x87, 0xC0, 0xE0}));
}

TEST(DependencyPatchTest, TellsTargetsWhereTheDescriptorHadNothingButItsHead) {
  // Flags 01000, then nine targets: 01000 000 | 011011 00.
  DependencyPatch patch{.target_count = 9, .active_targets = 0b000011011};
  EXPECT_EQ(Apply(patch, {0x05, 0x12, 0x34}), (Value{0x05, 0x12, 0x34, 0x40, 0x6C}));
}

TEST(DependencyPatchTest, TellsTargetsBehindAStructureAndBeforeWhatFollows) {
  // 1 0 0 0 0 000 | 000 00000 | 11 10 0 0 0 0 ends with the chains' one bit and has_resolutions:
  // the structure's last bit is the 47th of the value; its target follows: 1, then what was there.
  DependencyPatch patch{.target_count = 1, .active_targets = 1};
  EXPECT_EQ(Apply(patch, kStructure), (Value{0xC0, 0x00, 0x01, 0xC0, 0x00, 0xE1, 0x00}));
}

TEST(DependencyPatchTest, ReplacesTheTargetsThatWereTold) {
  // 01001 111 | 01: five targets, and a chain of eight bits follows: 10000001.
  Value told = {0x05, 0x00, 0x01, 0x4F, 0b01100000, 0b01000000};
  DependencyPatch patch{.target_count = 5, .active_targets = 0b00110};
  EXPECT_EQ(Apply(patch, told), (Value{0x05, 0x00, 0x01, 0x49, 0b10100000, 0b01000000}));
}

TEST(DependencyPatchTest, TellsNoTargetsWhereThereIsNoRoom) {
  DependencyPatch patch{.frame_number_shift = 1, .target_count = 9, .active_targets = 1};
  EXPECT_EQ(Apply(patch, {0x05, 0x12, 0x34}, 4), (Value{0x05, 0x12, 0x35}));
  Value broken(255, 0);
  broken[3] = 0x80;
  EXPECT_EQ(Apply(patch, broken).size(), 255u);
}

// Any structure and any frame of it, patched, read back as what the patch says and nothing else.
TEST(DependencyPatchTest, ReadsBackAsWhatItSays) {
  Random random(8);
  for (int round = 0; round < 2000; ++round) {
    DependencyStructure structure;
    structure.template_id_offset = static_cast<uint8_t>(random.Below(64));
    structure.template_count = static_cast<uint8_t>(1 + random.Below(6));
    structure.target_count = static_cast<uint8_t>(1 + random.Below(32));
    structure.chain_count = static_cast<uint8_t>(random.Below(structure.target_count + 1u));
    structure.has_resolutions = random.Below(2) == 0;
    for (size_t i = 0; i < structure.template_count; ++i) {
      for (size_t t = 0; t < structure.target_count; ++t) {
        structure.templates[i].indications.Set(
            t, static_cast<DecodeTargetIndication>(random.Below(4)));
      }
    }
    structure.resolutions[0] = {320, 180};
    auto index = static_cast<uint8_t>(random.Below(structure.template_count));
    auto id = static_cast<uint8_t>((structure.template_id_offset + index) % 64);
    DependencyDescriptor frame{.start_of_frame = random.Below(2) == 0,
                               .frame_number = static_cast<uint16_t>(random.Below(65'536))};
    frame.frame = structure.templates[index];
    frame.frame.reference_count = static_cast<uint8_t>(random.Below(4));
    for (size_t r = 0; r < frame.frame.reference_count; ++r) {
      frame.frame.references[r] = static_cast<uint16_t>(1 + random.Below(4096));
    }
    for (size_t c = 0; c < structure.chain_count; ++c) {
      frame.frame.chain_distances[c] = static_cast<uint8_t>(random.Below(256));
    }
    uint32_t told = random.NextU32() & structure.all_targets();
    bool brings = random.Below(2) == 0;
    Value value = Writer::Write(frame, id,
                                {.structure = brings ? &structure : nullptr,
                                 .active_targets = random.Below(2) == 0 ? &told : nullptr,
                                 .references = true,
                                 .chains = true},
                                structure);
    DependencyPatch patch{.frame_number_shift = static_cast<uint16_t>(random.Below(65'536)),
                          .template_id_shift = static_cast<uint8_t>(random.Below(64)),
                          .target_count = structure.target_count};
    patch.active_targets = random.NextU32() & structure.all_targets();
    Value patched = Apply(patch, value);

    std::optional<DependencyStructure> theirs = structure;
    theirs->template_id_offset = (structure.template_id_offset + patch.template_id_shift) % 64;
    if (brings) theirs.reset();
    std::optional<DependencyDescriptor> read = DependencyDescriptor::Parse(patched, theirs);
    ASSERT_TRUE(read) << round;
    EXPECT_EQ(read->start_of_frame, frame.start_of_frame);
    EXPECT_EQ(read->has_structure, brings);
    EXPECT_EQ(read->frame_number,
              static_cast<uint16_t>(frame.frame_number + patch.frame_number_shift));
    EXPECT_EQ(read->active_targets, patch.active_targets);
    EXPECT_EQ(read->frame.indications, frame.frame.indications);
    EXPECT_EQ(read->frame.references, frame.frame.references);
    EXPECT_EQ(read->frame.chain_distances, frame.frame.chain_distances);
    EXPECT_EQ(theirs->template_id_offset,
              (structure.template_id_offset + patch.template_id_shift) % 64);
    EXPECT_EQ(theirs->template_count, structure.template_count);
    EXPECT_EQ(theirs->has_resolutions, structure.has_resolutions);
    EXPECT_LE(patched.size(), value.size() + 5) << "the flags and 32 targets";
  }
}

}  // namespace
}  // namespace millrace
