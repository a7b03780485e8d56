#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

#include "wire/rtcp/bye.h"
#include "wire/rtcp/rtcp_maker.h"
#include "wire/rtcp/sdes.h"

namespace millrace {
namespace {

using Names = std::vector<std::pair<uint32_t, std::string>>;

Names NamesOf(const Sdes& sdes) {
  Names names;
  sdes.ForEach([&](const SdesChunk& chunk) {
    names.push_back({chunk.ssrc.value(), std::string(chunk.cname)});
  });
  return names;
}

TEST(SdesTest, ReadsChunksAndSkipsOtherItems) {
  RtcpBytes rtcp(
      "82ca0007"
      "00000001 06 01 78 01 03 616263 00 00 00 00"
      "00000002 01 02 6465 00 00 00 00 ");
  std::optional<Sdes> sdes = rtcp.As<Sdes>();
  ASSERT_TRUE(sdes);
  Names expected = {{1, "abc"}, {2, "de"}};
  EXPECT_EQ(NamesOf(*sdes), expected);
}

TEST(SdesTest, NamesOfEveryLengthSurviveTheRoundTrip) {
  for (size_t length = 0; length < 256; ++length) {
    std::string name(length, 'n');
    SdesChunk chunk{.ssrc = Ssrc(9), .cname = name};
    RtcpBytes rtcp(Written([&](ByteWriter& w) { EXPECT_TRUE(chunk.Write(w)); }));
    EXPECT_EQ(rtcp.bytes.size() % 4, 0u);
    EXPECT_EQ(rtcp.bytes.back(), 0) << "no end";
    std::optional<Sdes> sdes = rtcp.As<Sdes>();
    ASSERT_TRUE(sdes) << length;
    Names expected = {{9, name}};
    EXPECT_EQ(NamesOf(*sdes), expected);
  }
}

TEST(SdesTest, RefusesChunksWithoutEndAndMissingChunks) {
  EXPECT_FALSE(RtcpBytes("81ca0002 00000001 01 02 6465").As<Sdes>()) << "no end";
  EXPECT_FALSE(RtcpBytes("81ca0002 00000001 01 03 6465").As<Sdes>()) << "overrun";
  EXPECT_FALSE(RtcpBytes("81ca0000").As<Sdes>()) << "no chunk";
  EXPECT_FALSE(RtcpBytes("82ca0002 00000001 00000000").As<Sdes>()) << "one of two";
  EXPECT_TRUE(RtcpBytes("80ca0000").As<Sdes>());
}

TEST(SdesTest, WritesNothingWhenItDoesNotFit) {
  SdesChunk chunk{.ssrc = Ssrc(9), .cname = "abc"};
  EXPECT_TRUE(Written([&](ByteWriter& w) { EXPECT_FALSE(chunk.Write(w)); }, 15).empty());
  EXPECT_EQ(Written([&](ByteWriter& w) { EXPECT_TRUE(chunk.Write(w)); }, 16),
            Hex("81ca0003 00000009 0103616263 000000"));
}

TEST(ByeTest, ReadsSourcesAndSkipsTheReason) {
  std::optional<Bye> bye = RtcpBytes("82cb0003 00000001 00000002 03616263").As<Bye>();
  ASSERT_TRUE(bye);
  EXPECT_EQ(bye->ssrcs.size(), 2u);
  EXPECT_FALSE(RtcpBytes("82cb0001 00000001").As<Bye>());
}

TEST(ByeTest, WritesWhatItReads) {
  std::array<Ssrc, 2> sources = {Ssrc(1), Ssrc(0xffffffff)};
  RtcpBytes rtcp(Written([&](ByteWriter& w) { EXPECT_TRUE(Bye::Write(w, sources)); }));
  EXPECT_EQ(rtcp.bytes, Hex("82cb0002 00000001 ffffffff"));
  std::optional<Bye> bye = rtcp.As<Bye>();
  ASSERT_TRUE(bye);
  EXPECT_EQ(bye->ssrcs[0], Ssrc(1));
  EXPECT_EQ(bye->ssrcs[1], Ssrc(0xffffffff));
}

}  // namespace
}  // namespace millrace
