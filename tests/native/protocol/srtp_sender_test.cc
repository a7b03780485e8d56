#include "protocol/srtp_sender.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "protocol/srtp_maker.h"

namespace millrace {
namespace {

class SrtpSenderTest : public testing::TestWithParam<SrtpSetup> {
 protected:
  std::unique_ptr<SrtpBackend> backend_ = GetParam().MakeBackend();
  SrtpKeyMaterial keys_ = MakeKeys(GetParam().suite);
  SrtpSender sender_{*backend_, keys_};
  SrtpReceiver receiver_{*backend_, keys_};
};

constexpr Ssrc kSsrc{0x11223344};

TEST_P(SrtpSenderTest, LeavesTheSourceOfThePayloadAlone) {
  SrtpStream stream = *sender_.AddStream(kSsrc);
  RtpParts parts = MakeRtp({});
  std::vector<uint8_t> before = parts.payload;
  EXPECT_FALSE(SealRtp(sender_, stream, parts).empty());
  EXPECT_EQ(parts.payload, before);
}

TEST_P(SrtpSenderTest, SealsOnePayloadForTwoTransportsDifferently) {
  SrtpSender other(*backend_, MakeKeys(GetParam().suite, 8));
  RtpParts parts = MakeRtp({});
  std::vector<uint8_t> first = SealRtp(sender_, *sender_.AddStream(kSsrc), parts);
  std::vector<uint8_t> second = SealRtp(other, *other.AddStream(kSsrc), parts);
  EXPECT_NE(first, second);
  EXPECT_EQ(OpenRtp(receiver_, first), parts.Whole());
}

TEST_P(SrtpSenderTest, SealsAPayloadThatStandsInTheTarget) {
  SrtpStream stream = *sender_.AddStream(kSsrc);
  RtpParts parts = MakeRtp({});
  std::vector<uint8_t> target = parts.Whole();
  target.resize(target.size() + kSrtpRtpOverheadMax);
  Bytes payload = Bytes(target).subspan(parts.header.size(), parts.payload.size());
  SrtpResult result = sender_.SealRtp(stream, target, parts.header.size(), payload);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(OpenRtp(receiver_, Bytes(target).first(result.size())), parts.Whole());
}

TEST_P(SrtpSenderTest, NeverSealsOneIndexTwice) {
  SrtpStream stream = *sender_.AddStream(kSsrc);
  EXPECT_FALSE(SealRtp(sender_, stream, MakeRtp({.sequence_number = 2000})).empty());
  DropReason reason{};
  RtpParts other = MakeRtp({.sequence_number = 2000, .payload_size = 7});
  EXPECT_TRUE(SealRtp(sender_, stream, other, &reason).empty());
  EXPECT_EQ(reason, DropReason::kDuplicate);
}

TEST_P(SrtpSenderTest, SealsOutOfOrderButNothingBehindItsMemory) {
  SrtpStream stream = *sender_.AddStream(kSsrc);
  EXPECT_FALSE(SealRtp(sender_, stream, MakeRtp({.sequence_number = 5000})).empty());
  EXPECT_FALSE(SealRtp(sender_, stream, MakeRtp({.sequence_number = 5000 - 1023})).empty());
  DropReason reason{};
  EXPECT_TRUE(SealRtp(sender_, stream, MakeRtp({.sequence_number = 5000 - 1024}), &reason).empty());
  EXPECT_EQ(reason, DropReason::kTooOld);
}

TEST_P(SrtpSenderTest, RefusesATargetThatIsTooSmall) {
  SrtpStream stream = *sender_.AddStream(kSsrc);
  RtpParts parts = MakeRtp({});
  std::vector<uint8_t> target = parts.Whole();
  target.resize(target.size() + sender_.rtp_overhead() - 1);
  SrtpResult result = sender_.SealRtp(stream, target, parts.header.size(), parts.payload);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.reason(), DropReason::kTooLarge);

  std::vector<uint8_t> rtcp = MakeRtcp(kSsrc);
  size_t size = rtcp.size();
  rtcp.resize(size + sender_.rtcp_overhead() - 1);
  EXPECT_FALSE(sender_.SealRtcp(rtcp, size).ok());
}

TEST_P(SrtpSenderTest, GivesAnSsrcOneStreamAtATime) {
  SrtpStream stream = *sender_.AddStream(kSsrc);
  EXPECT_EQ(sender_.AddStream(kSsrc), std::nullopt);
  sender_.RemoveStream(stream);
  EXPECT_TRUE(sender_.AddStream(kSsrc).has_value());
}

TEST_P(SrtpSenderTest, GoesOnAboveEverythingSealedWhenAStreamComesBack) {
  SrtpStream stream = *sender_.AddStream(kSsrc);
  EXPECT_FALSE(SealRtp(sender_, stream, MakeRtp({.sequence_number = 20000})).empty());
  sender_.RemoveStream(stream);
  stream = *sender_.AddStream(kSsrc);

  // The same sequence number as before stands one round higher now.
  RtpParts parts = MakeRtp({.sequence_number = 20000});
  std::vector<uint8_t> sealed = SealRtp(sender_, stream, parts);
  std::unique_ptr<SrtpCipher> cipher =
      backend_->MakeCipher(SrtpSessionKeys::Derive(keys_, SrtpUse::kRtp));
  std::vector<uint8_t> expected(parts.payload.size() + sender_.rtp_overhead());
  cipher->Seal({.ssrc = kSsrc, .index = 65536 + 20000}, parts.header, parts.payload,
               expected.data());
  EXPECT_EQ(sealed, Concat(parts.header, expected));

  sender_.RemoveStream(stream);
  stream = *sender_.AddStream(kSsrc);
  parts = MakeRtp({.sequence_number = 20001});
  EXPECT_FALSE(SealRtp(sender_, stream, parts).empty());
  DropReason reason{};
  EXPECT_TRUE(SealRtp(sender_, stream, MakeRtp({.sequence_number = 20000}), &reason).empty());
  EXPECT_EQ(reason, DropReason::kTooOld);
}

TEST_P(SrtpSenderTest, UsesNoRtcpIndexTwice) {
  std::set<std::vector<uint8_t>> words;
  for (int i = 0; i < 300; ++i) {
    std::vector<uint8_t> sealed = SealRtcp(sender_, MakeRtcp(Ssrc(i % 3 == 0 ? 5u : 6u)));
    size_t tag = IsAead(GetParam().suite) ? 0 : SrtpRtcpTagBytes(GetParam().suite);
    std::vector<uint8_t> word(sealed.end() - static_cast<ptrdiff_t>(tag + 4),
                              sealed.end() - static_cast<ptrdiff_t>(tag));
    EXPECT_EQ(word[0], 0x80);
    EXPECT_TRUE(words.insert(word).second);
  }
}

TEST_P(SrtpSenderTest, RemembersABoundedNumberOfStreams) {
  for (uint32_t i = 0; i < SrtpSender::kStreamsMax; ++i) {
    auto stream = sender_.AddStream(Ssrc(i));
    ASSERT_TRUE(stream.has_value());
    sender_.RemoveStream(*stream);
  }
  EXPECT_EQ(sender_.AddStream(Ssrc(0xffffffff)), std::nullopt);
  EXPECT_TRUE(sender_.AddStream(Ssrc(0)).has_value());
}

INSTANTIATE_TEST_SUITE_P(All, SrtpSenderTest, testing::ValuesIn(AllSrtpSetups()), NameOfSetup);

}  // namespace
}  // namespace millrace
