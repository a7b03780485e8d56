#include "wire/rtcp/extended_report.h"

#include <gtest/gtest.h>

#include <array>

#include "wire/rtcp/rtcp_maker.h"

namespace millrace {
namespace {

std::vector<DlrrItem> ItemsOf(const ExtendedReport& report) {
  std::vector<DlrrItem> items;
  report.ForEachDlrr([&](const DlrrItem& item) { items.push_back(item); });
  return items;
}

TEST(ExtendedReportTest, WritesAndReadsTheReferenceTime) {
  RtcpBytes rtcp(Written([&](ByteWriter& w) {
    EXPECT_TRUE(ExtendedReport::WriteReferenceTime(w, Ssrc(1), 0x0102030405060708));
  }));
  EXPECT_EQ(rtcp.bytes, Hex("80cf0004 00000001 04000002 01020304 05060708"));
  std::optional<ExtendedReport> report = rtcp.As<ExtendedReport>();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender(), Ssrc(1));
  EXPECT_EQ(report->reference_time(), 0x0102030405060708u);
  EXPECT_TRUE(ItemsOf(*report).empty());
}

TEST(ExtendedReportTest, WritesAndReadsDlrr) {
  std::array<DlrrItem, 2> items = {
      DlrrItem{.ssrc = Ssrc(2), .last_receiver_report = 3, .delay_since_last_receiver_report = 4},
      DlrrItem{.ssrc = Ssrc(5), .last_receiver_report = 6, .delay_since_last_receiver_report = 7}};
  RtcpBytes rtcp(
      Written([&](ByteWriter& w) { EXPECT_TRUE(ExtendedReport::WriteDlrr(w, Ssrc(1), items)); }));
  std::optional<ExtendedReport> report = rtcp.As<ExtendedReport>();
  ASSERT_TRUE(report);
  EXPECT_EQ(ItemsOf(*report), std::vector<DlrrItem>(items.begin(), items.end()));
  EXPECT_FALSE(report->reference_time());
}

TEST(ExtendedReportTest, SkipsOtherBlocksAndOddSizes) {
  RtcpBytes rtcp(
      "80cf000a 00000001 07000001 aaaaaaaa 04000001 bbbbbbbb"
      "05000004 00000002 00000003 00000004 cccccccc");
  std::optional<ExtendedReport> report = rtcp.As<ExtendedReport>();
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->reference_time());
  ASSERT_EQ(ItemsOf(*report).size(), 1u);
}

TEST(ExtendedReportTest, RefusesBlocksThatAreCutOff) {
  EXPECT_FALSE(RtcpBytes("80cf0000").As<ExtendedReport>());
  EXPECT_FALSE(RtcpBytes("80cf0002 00000001 04000002").As<ExtendedReport>());
  EXPECT_FALSE(RtcpBytes("80cf0003 00000001 0500ffff 00000000").As<ExtendedReport>());
  EXPECT_TRUE(RtcpBytes("80cf0001 00000001").As<ExtendedReport>());
}

TEST(ExtendedReportTest, WritesNothingWhenItDoesNotFit) {
  EXPECT_TRUE(
      Written(
          [&](ByteWriter& w) { EXPECT_FALSE(ExtendedReport::WriteReferenceTime(w, Ssrc(1), 1)); },
          19)
          .empty());
}

}  // namespace
}  // namespace millrace
