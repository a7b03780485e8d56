#include "protocol/srtp_receiver.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "base/random.h"
#include "protocol/srtp_maker.h"

namespace millrace {
namespace {

constexpr Ssrc kSsrc{0x11223344};
using Indices = std::initializer_list<uint64_t>;

class SrtpReceiverTest : public testing::TestWithParam<SrtpSetup> {
 protected:
  // The packet as a sender makes it whose rollover counter stands where the index says.
  std::vector<uint8_t> SealedAt(uint64_t index, Ssrc ssrc = kSsrc) {
    RtpParts parts = PartsOf(index, ssrc);
    std::vector<uint8_t> sealed(parts.payload.size() + SrtpRtpTagBytes(GetParam().suite));
    cipher_->Seal({.ssrc = ssrc, .index = index}, parts.header, parts.payload, sealed.data());
    return Concat(parts.header, sealed);
  }
  static RtpParts PartsOf(uint64_t index, Ssrc ssrc = kSsrc) {
    return MakeRtp({.ssrc = ssrc, .sequence_number = static_cast<uint16_t>(index)});
  }
  bool Opens(uint64_t index, Ssrc ssrc = kSsrc) {
    return OpenRtp(receiver_, SealedAt(index, ssrc)) == PartsOf(index, ssrc).Whole();
  }
  DropReason ReasonFor(Bytes packet) {
    DropReason reason = DropReason::kClosed;
    EXPECT_TRUE(OpenRtp(receiver_, packet, &reason).empty());
    return reason;
  }

  std::unique_ptr<SrtpBackend> backend_ = GetParam().MakeBackend();
  SrtpKeyMaterial keys_ = MakeKeys(GetParam().suite);
  SrtpSender sender_{*backend_, keys_};
  SrtpReceiver receiver_{*backend_, keys_};
  std::unique_ptr<SrtpCipher> cipher_ =
      backend_->MakeCipher(SrtpSessionKeys::Derive(keys_, SrtpUse::kRtp));
};

TEST_P(SrtpReceiverTest, LetsNoPacketThroughTwice) {
  std::vector<uint8_t> packet = SealedAt(1000);
  EXPECT_EQ(OpenRtp(receiver_, packet), PartsOf(1000).Whole());
  EXPECT_EQ(ReasonFor(packet), DropReason::kSrtpReplay);
}

TEST_P(SrtpReceiverTest, AcceptsEachLatePacketInsideTheWindowOnce) {
  EXPECT_TRUE(Opens(10000));
  for (uint64_t behind : Indices{1, 63, 64, 1022, 1023}) {
    EXPECT_TRUE(Opens(10000 - behind)) << behind;
    EXPECT_EQ(ReasonFor(SealedAt(10000 - behind)), DropReason::kSrtpReplay) << behind;
  }
  for (uint64_t behind : Indices{1024, 1025, 5000}) {
    EXPECT_EQ(ReasonFor(SealedAt(10000 - behind)), DropReason::kSrtpReplay) << behind;
  }
}

TEST_P(SrtpReceiverTest, FollowsPacketsThatAreReorderedAroundTheWrap) {
  for (uint64_t index : Indices{65533, 65535, 65536, 65537, 65534, 65538}) {
    EXPECT_TRUE(Opens(index)) << index;
  }
  EXPECT_EQ(receiver_.rollover_counter(kSsrc), 1u);
}

TEST_P(SrtpReceiverTest, AcceptsALateRetransmissionFromBeforeTheWrap) {
  EXPECT_TRUE(Opens(65534));
  EXPECT_TRUE(Opens(65536));
  EXPECT_TRUE(Opens(65537));
  EXPECT_TRUE(Opens(65535));
  EXPECT_EQ(receiver_.rollover_counter(kSsrc), 1u);
}

TEST_P(SrtpReceiverTest, OpensAStreamWhosePacketsBeforeTheWrapWereAllLost) {
  // The sender began at 65530; the first packet that arrives is number 4 of the next round.
  EXPECT_TRUE(Opens(65536 + 4));
  EXPECT_EQ(receiver_.rollover_counter(kSsrc), 1u);
  EXPECT_TRUE(Opens(65530));
  EXPECT_TRUE(Opens(65536 + 5));
}

TEST_P(SrtpReceiverTest, StaysInTheFirstRoundWhenNumbersJumpAheadByMoreThanHalf) {
  EXPECT_TRUE(Opens(2));
  EXPECT_TRUE(Opens(65000));
  EXPECT_EQ(receiver_.rollover_counter(kSsrc), 0u);
}

TEST_P(SrtpReceiverTest, FindsTheRoundAgainAfterABlackoutOfMoreThanHalfARound) {
  EXPECT_TRUE(Opens(65536 + 1000));
  // 40,000 packets are lost; then every packet arrives.
  uint64_t index = 65536 + 41000;
  int lost = 0;
  while (!Opens(index)) {
    ++index;
    ASSERT_LT(++lost, 20);
  }
  EXPECT_TRUE(Opens(index + 1));
  EXPECT_EQ(receiver_.rollover_counter(kSsrc), 1u);
}

TEST_P(SrtpReceiverTest, KeepsTheCallAliveUnderPacketsWithBadTags) {
  EXPECT_TRUE(Opens(1000));
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    std::vector<uint8_t> forged = SealedAt(1001 + random.Below(60000));
    forged.back() ^= 1;
    EXPECT_TRUE(OpenRtp(receiver_, forged).empty());
  }
  EXPECT_TRUE(Opens(1001));
  EXPECT_EQ(receiver_.rollover_counter(kSsrc), 0u);
}

TEST_P(SrtpReceiverTest, RemembersNothingOfAStreamThatNeverProvedGenuine) {
  for (uint32_t i = 0; i < 1000; ++i) {
    std::vector<uint8_t> forged = SealedAt(1000, Ssrc(i));
    forged.back() ^= 1;
    EXPECT_EQ(ReasonFor(forged), DropReason::kSrtpAuthentication);
  }
  EXPECT_EQ(receiver_.rtp_stream_count(), 0u);
}

TEST_P(SrtpReceiverTest, HasAtMostAsManyStreamsAsItMay) {
  for (uint32_t i = 0; i < 64; ++i) EXPECT_TRUE(Opens(1000, Ssrc(i)));
  EXPECT_EQ(ReasonFor(SealedAt(1000, Ssrc(64))), DropReason::kStreamLimit);
  EXPECT_EQ(receiver_.rtp_stream_count(), 64u);
  EXPECT_TRUE(Opens(1001, Ssrc(5)));
  receiver_.RemoveStream(Ssrc(5));
  EXPECT_TRUE(Opens(1000, Ssrc(64)));
}

TEST_P(SrtpReceiverTest, TakesUpARemovedStreamThatGoesOn) {
  for (uint64_t index : Indices{60000, 65536 + 20000, 65536 + 50000, 2 * 65536 + 500}) {
    EXPECT_TRUE(Opens(index));
  }
  receiver_.RemoveStream(kSsrc);
  EXPECT_TRUE(Opens(2 * 65536 + 20000));
  EXPECT_EQ(receiver_.rollover_counter(kSsrc), 2u);
}

TEST_P(SrtpReceiverTest, TakesUpARemovedStreamThatBeginsAnew) {
  EXPECT_TRUE(Opens(60000));
  EXPECT_TRUE(Opens(65536 + 20000));
  receiver_.RemoveStream(kSsrc);
  EXPECT_TRUE(Opens(3000));
  EXPECT_EQ(receiver_.rollover_counter(kSsrc), 0u);
}

TEST_P(SrtpReceiverTest, RefusesRtcpWithoutTheFlagOfEncryptionEvenIfItsTagIsRight) {
  std::unique_ptr<SrtpCipher> cipher =
      backend_->MakeCipher(SrtpSessionKeys::Derive(keys_, SrtpUse::kRtcp));
  std::vector<uint8_t> packet = MakeRtcp(Ssrc(9));
  for (uint32_t word : {0x00000005u, 0x80000005u}) {
    Bytes clear = Bytes(packet).first(8);
    Bytes plain = Bytes(packet).subspan(8);
    std::vector<uint8_t> sealed(plain.size() + SrtpRtcpTagBytes(GetParam().suite));
    cipher->Seal({.ssrc = Ssrc(9), .index = word}, clear, plain, sealed.data());
    std::vector<uint8_t> tail = {static_cast<uint8_t>(word >> 24), 0, 0, 5};
    size_t word_position = IsAead(GetParam().suite) ? sealed.size() : plain.size();
    sealed.insert(sealed.begin() + static_cast<ptrdiff_t>(word_position), tail.begin(), tail.end());
    bool encrypted = word >> 31 != 0;
    EXPECT_EQ(OpenRtcp(receiver_, Concat(clear, sealed)).empty(), !encrypted);
  }
}

TEST_P(SrtpReceiverTest, RefusesRtcpInTheClear) {
  EXPECT_TRUE(OpenRtcp(receiver_, MakeRtcp(Ssrc(9), 10)).empty());
  EXPECT_EQ(receiver_.rtcp_stream_count(), 0u);
}

TEST_P(SrtpReceiverTest, AcceptsANewRtcpSourceWithALowIndex) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(OpenRtcp(receiver_, SealRtcp(sender_, MakeRtcp(Ssrc(9)))).empty());
  }
  SrtpSender fresh(*backend_, keys_);
  std::vector<uint8_t> packet = SealRtcp(fresh, MakeRtcp(Ssrc(10)));
  EXPECT_EQ(OpenRtcp(receiver_, packet), MakeRtcp(Ssrc(10)));
  DropReason reason{};
  EXPECT_TRUE(OpenRtcp(receiver_, packet, &reason).empty());
  EXPECT_EQ(reason, DropReason::kSrtpReplay);
}

TEST_P(SrtpReceiverTest, CapsTheSourcesOfRtcpToo) {
  for (uint32_t i = 0; i < 64; ++i) {
    EXPECT_FALSE(OpenRtcp(receiver_, SealRtcp(sender_, MakeRtcp(Ssrc(i)))).empty());
  }
  DropReason reason{};
  EXPECT_TRUE(OpenRtcp(receiver_, SealRtcp(sender_, MakeRtcp(Ssrc(64))), &reason).empty());
  EXPECT_EQ(reason, DropReason::kStreamLimit);
}

TEST_P(SrtpReceiverTest, RefusesShortPacketsWithoutReadingPastThem) {
  Random random(11);
  for (size_t size = 0; size <= 40; ++size) {
    for (int i = 0; i < 50; ++i) {
      // On the heap and exactly so long, so that a sanitizer sees a read past the end.
      std::vector<uint8_t> packet(size);
      random.Fill(packet);
      if (size > 0 && i % 2 == 0) packet[0] = static_cast<uint8_t>(0x80 | random.Below(64));
      EXPECT_TRUE(OpenRtp(receiver_, packet).empty());
      EXPECT_TRUE(OpenRtcp(receiver_, packet).empty());
    }
  }
}

TEST_P(SrtpReceiverTest, RefusesTooLittleRoomForThePlainPacket) {
  std::vector<uint8_t> packet = SealedAt(1000);
  std::vector<uint8_t> plain(packet.size() - SrtpRtpTagBytes(GetParam().suite) - 1);
  SrtpResult result = receiver_.OpenRtp(packet, plain);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.reason(), DropReason::kTooLarge);
}

TEST_P(SrtpReceiverTest, CarriesOneStreamOverItsWrapWithoutDisturbingAnother) {
  SrtpStream audio = *sender_.AddStream(Ssrc(1));
  SrtpStream video = *sender_.AddStream(Ssrc(2));
  for (uint32_t i = 0; i < 5000; ++i) {
    auto video_number = static_cast<uint16_t>(32000 + 20 * i);
    RtpParts picture = MakeRtp({.ssrc = Ssrc(2), .sequence_number = video_number});
    ASSERT_EQ(OpenRtp(receiver_, SealRtp(sender_, video, picture)), picture.Whole());
    RtpParts sound = MakeRtp({.ssrc = Ssrc(1), .sequence_number = static_cast<uint16_t>(1000 + i)});
    ASSERT_EQ(OpenRtp(receiver_, SealRtp(sender_, audio, sound)), sound.Whole());
  }
  EXPECT_EQ(receiver_.rollover_counter(Ssrc(1)), 0u);
  EXPECT_EQ(receiver_.rollover_counter(Ssrc(2)), 2u);
}

INSTANTIATE_TEST_SUITE_P(All, SrtpReceiverTest, testing::ValuesIn(AllSrtpSetups()), NameOfSetup);

}  // namespace
}  // namespace millrace
