#include "media/dependency_rewriter.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

// A source that names its templates from `offset` on.
DependencyStructure StructureFrom(uint8_t offset, uint8_t templates) {
  DependencyStructure structure;
  structure.template_id_offset = offset;
  structure.template_count = templates;
  structure.target_count = 1;
  return structure;
}

DependencyDescriptor Key(uint16_t number) {
  return {.start_of_frame = true, .has_structure = true, .frame_number = number};
}

DependencyDescriptor Delta(uint16_t number) { return {.frame_number = number}; }

class DependencyRewriterTest : public testing::Test {
 protected:
  void Begin(const DependencyDescriptor& descriptor, const DependencyStructure& structure) {
    DependencyFrame frame{descriptor, structure};
    rewriter_.Begin(&frame);
  }
  DependencyPatch Forward(const DependencyDescriptor& descriptor,
                          const DependencyStructure& structure) {
    DependencyFrame frame{descriptor, structure};
    return rewriter_.Forward(&frame, {});
  }

  DependencyRewriter rewriter_;
};

TEST_F(DependencyRewriterTest, LeavesTheFirstSourceAsItIs) {
  DependencyStructure structure = StructureFrom(5, 9);
  Begin(Key(65'000), structure);
  EXPECT_TRUE(Forward(Key(65'000), structure).empty());
  EXPECT_TRUE(Forward(Delta(65'001), structure).empty());
}

TEST_F(DependencyRewriterTest, NumbersAnotherSourceOn) {
  DependencyStructure one = StructureFrom(60, 9);
  DependencyStructure other = StructureFrom(0, 3);
  Begin(Key(65'534), one);
  (void)Forward(Key(65'534), one);
  (void)Forward(Delta(0), one);
  // A late packet of a frame before is no newest one.
  (void)Forward(Delta(65'535), one);
  Begin(Key(700), other);
  DependencyPatch patch = Forward(Key(700), other);
  EXPECT_EQ(static_cast<uint16_t>(700 + patch.frame_number_shift), 1);
  EXPECT_EQ((0 + patch.template_id_shift) % 64, (60 + 9) % 64) << "behind the names in use";
  EXPECT_EQ(Forward(Delta(705), other), patch) << "what is left out stays a gap";
  // And back again: behind what went out, not behind what the source itself had.
  Begin(Key(10), one);
  DependencyPatch back = Forward(Key(10), one);
  EXPECT_EQ(static_cast<uint16_t>(10 + back.frame_number_shift), 7);
  EXPECT_EQ((60 + back.template_id_shift) % 64, (60 + 9 + 3) % 64);
}

// A receiver takes a number that lies half a circle ahead for one from the past.
TEST_F(DependencyRewriterTest, NumbersTheSameSourceOnAfterALongPause) {
  DependencyStructure structure = StructureFrom(0, 2);
  Begin(Key(1), structure);
  (void)Forward(Key(1), structure);
  Begin(Key(40'000), structure);
  DependencyPatch patch = Forward(Key(40'000), structure);
  EXPECT_EQ(static_cast<uint16_t>(40'000 + patch.frame_number_shift), 2);
}

TEST_F(DependencyRewriterTest, TellsNothingThatNoStructureExplains) {
  DependencyStructure structure = StructureFrom(0, 2);
  EXPECT_TRUE(rewriter_.Forward(nullptr, {}).leave_out);
  Begin(Delta(4), structure);
  EXPECT_TRUE(Forward(Delta(4), structure).leave_out);
  EXPECT_TRUE(Forward(Key(5), structure).empty()) << "from here on the viewer can follow";
  EXPECT_TRUE(rewriter_.Forward(nullptr, {}).leave_out) << "a packet without";
  EXPECT_TRUE(Forward(Delta(6), structure).empty());
  rewriter_.Begin(nullptr);
  EXPECT_TRUE(Forward(Delta(7), structure).leave_out);
}

TEST_F(DependencyRewriterTest, HandsOnWhichTargetsAreActive) {
  DependencyStructure structure = StructureFrom(0, 2);
  DependencyDescriptor key = Key(1);
  DependencyFrame frame{key, structure};
  LayerVerdict verdict{.forward = true, .target_count = 9, .active_targets = 0x1B};
  DependencyPatch patch = rewriter_.Forward(&frame, verdict);
  EXPECT_EQ(patch.target_count, 9);
  EXPECT_EQ(patch.active_targets, 0x1Bu);
}

}  // namespace
}  // namespace millrace
