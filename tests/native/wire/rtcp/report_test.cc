#include <gtest/gtest.h>

#include <array>

#include "wire/rtcp/receiver_report.h"
#include "wire/rtcp/rtcp_maker.h"
#include "wire/rtcp/sender_report.h"

namespace millrace {
namespace {

constexpr ReportBlock kBlock{.ssrc = Ssrc(0x0a0b0c0d),
                             .fraction_lost = 128,
                             .cumulative_lost = -2,
                             .highest_sequence_number = 0x00010002,
                             .jitter = 3,
                             .last_sender_report = 4,
                             .delay_since_last_sender_report = 5};

TEST(SenderReportTest, ReadsEveryField) {
  RtcpBytes rtcp(
      "81c8000c 11111111 22222222 33333333 44444444 55555555 66666666"
      "0a0b0c0d 80fffffe 00010002 00000003 00000004 00000005");
  std::optional<SenderReport> report = rtcp.As<SenderReport>();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender, Ssrc(0x11111111));
  EXPECT_EQ(report->ntp, 0x2222222233333333u);
  EXPECT_EQ(report->rtp_timestamp, 0x44444444u);
  EXPECT_EQ(report->packet_count, 0x55555555u);
  EXPECT_EQ(report->octet_count, 0x66666666u);
  ASSERT_EQ(report->report_blocks.size(), 1u);
  EXPECT_EQ(report->report_blocks[0], kBlock);
}

TEST(SenderReportTest, WritesWhatItReads) {
  SenderReport report{.sender = Ssrc(0x11111111),
                      .ntp = 0x2222222233333333,
                      .rtp_timestamp = 0x44444444,
                      .packet_count = 0x55555555,
                      .octet_count = 0x66666666,
                      .report_blocks = {}};
  std::array<ReportBlock, 1> blocks = {kBlock};
  EXPECT_EQ(Written([&](ByteWriter& w) { EXPECT_TRUE(report.Write(w, blocks)); }),
            Hex("81c8000c 11111111 22222222 33333333 44444444 55555555 66666666"
                "0a0b0c0d 80fffffe 00010002 00000003 00000004 00000005"));
  EXPECT_TRUE(Written([&](ByteWriter& w) { EXPECT_FALSE(report.Write(w)); }, 27).empty());
  EXPECT_EQ(Written([&](ByteWriter& w) { EXPECT_TRUE(report.Write(w)); }, 28).size(), 28u);
}

TEST(SenderReportTest, SkipsProfileExtensionsAndRefusesMissingBlocks) {
  RtcpBytes extended("80c80007 11111111 22222222 33333333 44444444 55555555 66666666 77777777");
  EXPECT_TRUE(extended.As<SenderReport>());
  RtcpBytes missing("81c80006 11111111 22222222 33333333 44444444 55555555 66666666");
  EXPECT_FALSE(missing.As<SenderReport>());
  EXPECT_FALSE(RtcpBytes("80c80000").As<SenderReport>());
  EXPECT_FALSE(RtcpBytes("80c90001 00000001").As<SenderReport>()) << "another kind";
}

TEST(ReceiverReportTest, WritesAndReads31Blocks) {
  std::array<ReportBlock, kReportBlocksMax> blocks;
  blocks.fill(kBlock);
  blocks[30].ssrc = Ssrc(7);
  ReceiverReport report{.sender = Ssrc(1), .report_blocks = {}};
  RtcpBytes rtcp(Written([&](ByteWriter& w) { EXPECT_TRUE(report.Write(w, blocks)); }));
  EXPECT_EQ(rtcp.bytes.size(), 8u + 31u * 24u);
  std::optional<ReceiverReport> parsed = rtcp.As<ReceiverReport>();
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->report_blocks.size(), 31u);
  EXPECT_EQ(parsed->report_blocks[0], kBlock);
  EXPECT_EQ(parsed->report_blocks[30].ssrc, Ssrc(7));
}

TEST(ReceiverReportTest, RefusesMissingBlocks) {
  EXPECT_TRUE(RtcpBytes("80c90001 00000001").As<ReceiverReport>());
  EXPECT_FALSE(RtcpBytes("80c90000").As<ReceiverReport>());
  EXPECT_FALSE(RtcpBytes("9fc90001 00000001").As<ReceiverReport>());
}

TEST(ReportBlockTest, ClampsTheCumulativeLoss) {
  ReportBlock block = kBlock;
  block.cumulative_lost = 0x7fffffff;
  std::vector<uint8_t> most = Written([&](ByteWriter& w) { block.Write(w); });
  EXPECT_EQ(ReportBlocks(most)[0].cumulative_lost, 0x7fffff);
  block.cumulative_lost = -0x7fffffff;
  std::vector<uint8_t> least = Written([&](ByteWriter& w) { block.Write(w); });
  EXPECT_EQ(ReportBlocks(least)[0].cumulative_lost, -0x800000);
}

TEST(ReportBlockTest, CompactNtpIsTheMiddle) {
  EXPECT_EQ(CompactNtp(0x1111222233334444), 0x22223333u);
}

}  // namespace
}  // namespace millrace
