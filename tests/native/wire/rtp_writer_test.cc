#include "wire/rtp_writer.h"

#include <gtest/gtest.h>

#include <vector>

#include "wire/hex.h"
#include "wire/rtp_view.h"

namespace millrace {
namespace {

constexpr RtpHeader kHeader{.payload_type = 96,
                            .marker = true,
                            .sequence_number = 0x1234,
                            .timestamp = 0x56789abc,
                            .ssrc = Ssrc(0xdeadbeef)};

std::vector<uint8_t> Copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST(RtpWriterTest, WritesTheFixedHeaderAndThePayload) {
  std::array<uint8_t, 100> bytes{};
  size_t size = RtpWriter(bytes, kHeader).Finish(Hex("aabb"));
  EXPECT_EQ(Copy(Bytes(bytes).first(size)), Hex("80e01234 56789abc deadbeef aabb"));
}

TEST(RtpWriterTest, PrefersTheOneByteForm) {
  std::array<uint8_t, 100> bytes{};
  std::vector<uint8_t> one = Hex("aa");
  std::vector<uint8_t> sixteen = Hex("000102030405060708090a0b0c0d0e0f");
  RtpWriter writer(bytes, kHeader);
  writer.AddExtension(1, one);
  writer.AddExtension(14, sixteen);
  size_t size = writer.FinishHeader();
  EXPECT_EQ(Copy(Bytes(bytes).first(size)),
            Hex("90e01234 56789abc deadbeef bede0005 10aa ef000102030405060708090a0b0c0d0e0f 00"));
}

TEST(RtpWriterTest, TakesTheTwoByteFormWhenAnIdOrAValueIsTooLarge) {
  std::array<uint8_t, 400> bytes{};
  std::vector<uint8_t> one = Hex("aa");
  RtpWriter large_id(bytes, kHeader);
  large_id.AddExtension(1, one);
  large_id.AddExtension(15, one);
  size_t size = large_id.FinishHeader();
  EXPECT_EQ(Copy(Bytes(bytes).first(size)),
            Hex("90e01234 56789abc deadbeef 10000002 0101aa 0f01aa 0000"));

  std::vector<uint8_t> long_value(255, 7);
  RtpWriter large_value(bytes, kHeader);
  large_value.AddExtension(1, long_value);
  size = large_value.Finish({});
  std::optional<RtpView> view = RtpView::Parse(Bytes(bytes).first(size));
  ASSERT_TRUE(view);
  EXPECT_EQ(Copy(view->Extension(1)), long_value);
}

TEST(RtpWriterTest, SkipsWhatWasNotNegotiatedOrIsAbsent) {
  std::array<uint8_t, 100> bytes{};
  std::vector<uint8_t> value = Hex("aa");
  RtpWriter writer(bytes, kHeader);
  writer.AddExtension(0, value);
  writer.AddExtension(3, {});
  writer.AddAbsSendTime(0);
  writer.AddTransportSequenceNumber(0);
  EXPECT_EQ(writer.FinishHeader(), kRtpFixedHeaderBytes);
  EXPECT_EQ(bytes[0], 0x80);
  EXPECT_FALSE(writer.abs_send_time_offset());
  EXPECT_FALSE(writer.transport_sequence_number_offset());
}

TEST(RtpWriterTest, TellsWhereTheLateValuesStandInBothForms) {
  for (uint8_t other_id : {uint8_t{1}, uint8_t{200}}) {
    std::array<uint8_t, 100> bytes{};
    bytes.fill(0xff);
    std::vector<uint8_t> value = Hex("aa");
    RtpWriter writer(bytes, kHeader);
    writer.AddExtension(other_id, value);
    writer.AddAbsSendTime(4);
    writer.AddTransportSequenceNumber(5);
    size_t size = writer.Finish(Hex("01"));
    ASSERT_TRUE(writer.abs_send_time_offset());
    ASSERT_TRUE(writer.transport_sequence_number_offset());
    MutableBytes packet = MutableBytes(bytes).first(size);
    EXPECT_EQ(Copy(RtpView::Parse(packet)->Extension(4)), Hex("000000"));
    EXPECT_EQ(Copy(RtpView::Parse(packet)->Extension(5)), Hex("0000"));
    StampAbsSendTime(packet, *writer.abs_send_time_offset(), Timestamp::Millis(1500));
    StampTransportSequenceNumber(packet, *writer.transport_sequence_number_offset(), 0xfedc);
    EXPECT_EQ(Copy(RtpView::Parse(packet)->Extension(4)), Hex("060000"));
    EXPECT_EQ(Copy(RtpView::Parse(packet)->Extension(5)), Hex("fedc"));
    EXPECT_EQ(Copy(RtpView::Parse(packet)->Extension(other_id)), value);
  }
}

TEST(RtpWriterTest, WritesContributingSourcesAndPadding) {
  std::array<uint8_t, 100> bytes{};
  std::vector<uint8_t> csrcs = Hex("0000000a 0000000b");
  RtpHeader header = kHeader;
  header.csrcs = csrcs;
  size_t size = RtpWriter(bytes, header).Finish(Hex("cc"), 3);
  EXPECT_EQ(Copy(Bytes(bytes).first(size)),
            Hex("a2e01234 56789abc deadbeef 0000000a 0000000b cc 000003"));
  std::optional<RtpView> view = RtpView::Parse(Bytes(bytes).first(size));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->padding_size(), 3u);
  EXPECT_EQ(view->payload().size(), 1u);
}

TEST(RtpWriterTest, AnswersZeroWhenItDoesNotFit) {
  std::array<uint8_t, 64> bytes{};
  std::vector<uint8_t> value = Hex("aabbcc");
  for (size_t room = 0; room < 12 + 4 + 4 + 2; ++room) {
    RtpWriter writer(MutableBytes(bytes).first(room), kHeader);
    writer.AddExtension(1, value);
    EXPECT_EQ(writer.Finish(Hex("0102")), 0u) << room;
  }
  RtpWriter writer(MutableBytes(bytes).first(22), kHeader);
  writer.AddExtension(1, value);
  EXPECT_EQ(writer.Finish(Hex("0102")), 22u);
}

TEST(RtpWriterTest, AnswersZeroAfterTooManyElementsOrTooLongAValue) {
  std::array<uint8_t, 1000> bytes{};
  std::vector<uint8_t> value = Hex("aa");
  RtpWriter many(bytes, kHeader);
  for (size_t i = 0; i < RtpWriter::kExtensionsMax; ++i) many.AddExtension(1, value);
  EXPECT_GT(many.FinishHeader(), 0u);
  many.AddExtension(1, value);
  EXPECT_EQ(many.FinishHeader(), 0u);

  std::vector<uint8_t> huge(256);
  RtpWriter long_value(bytes, kHeader);
  long_value.AddExtension(1, huge);
  EXPECT_EQ(long_value.Finish({}), 0u);
}

}  // namespace
}  // namespace millrace
