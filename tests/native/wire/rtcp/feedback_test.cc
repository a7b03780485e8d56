#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <numeric>

#include "wire/rtcp/fir.h"
#include "wire/rtcp/nack.h"
#include "wire/rtcp/pli.h"
#include "wire/rtcp/remb.h"
#include "wire/rtcp/rtcp_maker.h"

namespace millrace {
namespace {

using Numbers = std::vector<uint16_t>;

Numbers NumbersOf(const Nack& nack) {
  Numbers numbers;
  nack.ForEach([&](uint16_t number) { numbers.push_back(number); });
  return numbers;
}

TEST(NackTest, ReadsTheBitMaskAcrossTheWrap) {
  RtcpBytes rtcp("81cd0003 00000001 00000002 fffe 8003");
  std::optional<Nack> nack = rtcp.As<Nack>();
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->sender(), Ssrc(1));
  EXPECT_EQ(nack->media(), Ssrc(2));
  EXPECT_EQ(NumbersOf(*nack), (Numbers{0xfffe, 0xffff, 0, 14}));
}

TEST(NackTest, RefusesPacketsThatAskForNothing) {
  EXPECT_FALSE(RtcpBytes("81cd0002 00000001 00000002").As<Nack>());
  EXPECT_FALSE(RtcpBytes("81cd0001 00000001").As<Nack>());
  EXPECT_FALSE(RtcpBytes("81cd0000").As<Nack>());
}

TEST(NackTest, WritesWhatItReadsAcrossTheWrap) {
  Numbers asked = {65530, 65535, 0, 10, 11, 27, 28, 500};
  RtcpBytes rtcp(Written(
      [&](ByteWriter& w) { EXPECT_EQ(Nack::Write(w, Ssrc(1), Ssrc(2), asked), asked.size()); }));
  // 65530 reaches to 10; 11 to 27; 28; 500.
  EXPECT_EQ(rtcp.bytes.size(), 12u + 4u * 4u);
  std::optional<Nack> nack = rtcp.As<Nack>();
  ASSERT_TRUE(nack);
  EXPECT_EQ(NumbersOf(*nack), asked);
}

TEST(NackTest, WritesAsManyAsFitAndTellsHowMany) {
  Numbers asked(100);
  std::iota(asked.begin(), asked.end(), uint16_t{65500});
  RtcpBytes rtcp(
      Written([&](ByteWriter& w) { EXPECT_EQ(Nack::Write(w, Ssrc(1), Ssrc(2), asked), 34u); }, 23));
  EXPECT_EQ(rtcp.bytes.size(), 20u);
  std::optional<Nack> nack = rtcp.As<Nack>();
  ASSERT_TRUE(nack);
  EXPECT_EQ(NumbersOf(*nack), Numbers(asked.begin(), asked.begin() + 34));
  for (size_t room : {0, 11, 15}) {
    EXPECT_TRUE(
        Written([&](ByteWriter& w) { EXPECT_EQ(Nack::Write(w, Ssrc(1), Ssrc(2), asked), 0u); },
                room)
            .empty());
  }
  EXPECT_TRUE(
      Written([&](ByteWriter& w) { EXPECT_EQ(Nack::Write(w, Ssrc(1), Ssrc(2), {}), 0u); }).empty());
}

TEST(PliTest, WritesWhatItReads) {
  Pli pli{.sender = Ssrc(1), .media = Ssrc(2)};
  RtcpBytes rtcp(Written([&](ByteWriter& w) { EXPECT_TRUE(pli.Write(w)); }));
  EXPECT_EQ(rtcp.bytes, Hex("81ce0002 00000001 00000002"));
  std::optional<Pli> parsed = rtcp.As<Pli>();
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->sender, Ssrc(1));
  EXPECT_EQ(parsed->media, Ssrc(2));
  EXPECT_FALSE(RtcpBytes("81ce0001 00000001").As<Pli>());
  EXPECT_TRUE(Written([&](ByteWriter& w) { EXPECT_FALSE(pli.Write(w)); }, 11).empty());
}

TEST(FirTest, WritesWhatItReads) {
  FirItem item{.media = Ssrc(2), .sequence_number = 255};
  RtcpBytes rtcp(Written([&](ByteWriter& w) { EXPECT_TRUE(Fir::Write(w, Ssrc(1), item)); }));
  EXPECT_EQ(rtcp.bytes, Hex("84ce0004 00000001 00000000 00000002 ff000000"));
  std::optional<Fir> fir = rtcp.As<Fir>();
  ASSERT_TRUE(fir);
  EXPECT_EQ(fir->sender(), Ssrc(1));
  ASSERT_EQ(fir->size(), 1u);
  EXPECT_EQ((*fir)[0], item);
}

TEST(FirTest, ReadsSeveralItemsAndRefusesNone) {
  RtcpBytes two("84ce0006 00000001 00000000 00000002 01000000 00000003 02000000");
  std::optional<Fir> fir = two.As<Fir>();
  ASSERT_TRUE(fir);
  ASSERT_EQ(fir->size(), 2u);
  EXPECT_EQ((*fir)[1], (FirItem{.media = Ssrc(3), .sequence_number = 2}));
  EXPECT_FALSE(RtcpBytes("84ce0002 00000001 00000000").As<Fir>());
  EXPECT_FALSE(RtcpBytes("84ce0003 00000001 00000000 00000002").As<Fir>());
}

TEST(RembTest, ReadsBitrateAndStreams) {
  RtcpBytes rtcp("8fce0006 00000001 00000000 52454d42 02 0bd090 00000007 00000008");
  std::optional<Remb> remb = rtcp.As<Remb>();
  ASSERT_TRUE(remb);
  EXPECT_EQ(remb->sender, Ssrc(1));
  // Exponent 2, mantissa 0x3d090.
  EXPECT_EQ(remb->bitrate_bps, 1'000'000u);
  ASSERT_EQ(remb->ssrcs.size(), 2u);
  EXPECT_EQ(remb->ssrcs[1], Ssrc(8));
}

TEST(RembTest, ABitrateBeyondAllNumbersIsTheGreatestOne) {
  RtcpBytes most("8fce0004 00000001 00000000 52454d42 00 ffffff");
  EXPECT_EQ(most.As<Remb>()->bitrate_bps, std::numeric_limits<uint64_t>::max());
  // 1 * 2^63 still is a number, 2 * 2^63 is not.
  RtcpBytes power_63("8fce0004 00000001 00000000 52454d42 00 fc0001");
  EXPECT_EQ(power_63.As<Remb>()->bitrate_bps, uint64_t{1} << 63);
  RtcpBytes power_64("8fce0004 00000001 00000000 52454d42 00 fc0002");
  EXPECT_EQ(power_64.As<Remb>()->bitrate_bps, std::numeric_limits<uint64_t>::max());
  RtcpBytes none("8fce0004 00000001 00000000 52454d42 00 fc0000");
  EXPECT_EQ(none.As<Remb>()->bitrate_bps, 0u);
}

TEST(RembTest, RefusesMissingStreams) {
  EXPECT_FALSE(RtcpBytes("8fce0004 00000001 00000000 52454d42 01 000001").As<Remb>());
  EXPECT_FALSE(RtcpBytes("8fce0003 00000001 00000000 52454d42").As<Remb>());
}

TEST(RembTest, WritesBitratesRoundedDownTo18Bits) {
  std::array<Ssrc, 1> streams = {Ssrc(5)};
  for (uint64_t bitrate : {uint64_t{0}, uint64_t{1}, uint64_t{262'143}, uint64_t{262'144},
                           uint64_t{2'500'001}, std::numeric_limits<uint64_t>::max()}) {
    Remb remb{.sender = Ssrc(1), .bitrate_bps = bitrate, .ssrcs = {}};
    RtcpBytes rtcp(Written([&](ByteWriter& w) { EXPECT_TRUE(remb.Write(w, streams)); }));
    std::optional<Remb> parsed = rtcp.As<Remb>();
    ASSERT_TRUE(parsed);
    EXPECT_LE(parsed->bitrate_bps, bitrate);
    EXPECT_LE(bitrate - parsed->bitrate_bps, bitrate >> 17);
    EXPECT_EQ(parsed->ssrcs[0], Ssrc(5));
  }
}

}  // namespace
}  // namespace millrace
