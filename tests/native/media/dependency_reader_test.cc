#include "media/dependency_reader.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "wire/dependency_descriptor_writer.h"
#include "wire/rtp_writer.h"

namespace millrace {
namespace {

using Writer = DependencyDescriptorWriter;

constexpr uint8_t kId = 7;

// A structure of one frame kind, whose template has this number.
DependencyStructure OneTemplate(uint8_t template_id) {
  DependencyStructure structure;
  structure.template_id_offset = template_id;
  structure.template_count = 1;
  structure.target_count = 1;
  structure.templates[0].indications.Set(0, DecodeTargetIndication::kSwitch);
  return structure;
}

class DependencyReaderTest : public testing::Test {
 protected:
  std::optional<DependencyFrame> Read(uint16_t sequence, const std::vector<uint8_t>& descriptor) {
    std::array<uint8_t, 200> bytes{};
    RtpWriter writer(bytes, {.payload_type = 96, .sequence_number = sequence, .ssrc = Ssrc(1)});
    if (!descriptor.empty()) writer.AddExtension(kId, descriptor);
    std::vector<uint8_t> payload = {1, 2, 3};
    size_t size = writer.Finish(payload);
    std::copy_n(bytes.begin(), size, packet_->bytes.begin());
    RtpExtensionIds ids;
    EXPECT_TRUE(ids.Set(RtpExtension::kDependencyDescriptor, kId));
    EXPECT_TRUE(packet_->Parse(size, ids, Codec::kAv1, 96));
    return reader_.Read(*packet_);
  }
  std::optional<DependencyFrame> ReadKeyFrame(uint16_t sequence, uint8_t template_id) {
    DependencyStructure structure = OneTemplate(template_id);
    DependencyDescriptor frame{.start_of_frame = true, .frame_number = sequence};
    return Read(sequence, Writer::Write(frame, template_id, {.structure = &structure}, structure));
  }
  std::optional<DependencyFrame> ReadFrame(uint16_t sequence, uint8_t template_id) {
    DependencyDescriptor frame{.start_of_frame = true, .frame_number = sequence};
    return Read(sequence, Writer::Write(frame, template_id, {}, OneTemplate(template_id)));
  }

  std::unique_ptr<RtpPacket> packet_ = std::make_unique<RtpPacket>();
  DependencyReader reader_;
};

TEST_F(DependencyReaderTest, ReadsFramesInTheTermsOfTheLastStructure) {
  EXPECT_FALSE(Read(1, {}));
  EXPECT_FALSE(ReadFrame(2, 5));
  std::optional<DependencyFrame> key = ReadKeyFrame(3, 5);
  ASSERT_TRUE(key);
  EXPECT_TRUE(BeginsKeyFrame(key->descriptor));
  std::optional<DependencyFrame> frame = ReadFrame(4, 5);
  ASSERT_TRUE(frame);
  EXPECT_FALSE(BeginsKeyFrame(frame->descriptor));
  EXPECT_EQ(frame->structure.template_id_offset, 5);
  EXPECT_FALSE(ReadFrame(5, 6));
  ASSERT_TRUE(ReadKeyFrame(6, 6));
  EXPECT_TRUE(ReadFrame(7, 6));
  EXPECT_FALSE(ReadFrame(8, 5));
}

TEST_F(DependencyReaderTest, AStructureThatComesLateSpeaksForItsPacketOnly) {
  ASSERT_TRUE(ReadKeyFrame(65'535, 5));
  ASSERT_TRUE(ReadKeyFrame(1, 6));
  std::optional<DependencyFrame> late = ReadKeyFrame(0, 9);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->structure.template_id_offset, 9);
  EXPECT_TRUE(ReadFrame(2, 6));
  EXPECT_FALSE(ReadFrame(3, 9));
}

TEST_F(DependencyReaderTest, ASourceThatCountsAnewIsNotLate) {
  ASSERT_TRUE(ReadKeyFrame(20'000, 5));
  ASSERT_TRUE(ReadKeyFrame(10'000, 6));
  EXPECT_TRUE(ReadFrame(10'001, 6));
}

TEST_F(DependencyReaderTest, ABrokenDescriptorIsNone) {
  ASSERT_TRUE(ReadKeyFrame(1, 5));
  EXPECT_FALSE(Read(2, {0xC0, 0}));
  EXPECT_FALSE(Read(3, {0xC0, 0, 1, 0x80}));
  EXPECT_TRUE(ReadFrame(4, 5));
}

}  // namespace
}  // namespace millrace
