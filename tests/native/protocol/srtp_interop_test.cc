// Our SRTP against libsrtp2, an implementation we share no line with, in both directions.
#include <gtest/gtest.h>
#include <srtp2/srtp.h>

#include <cstring>

#include "protocol/hex.h"
#include "protocol/srtp_maker.h"

namespace millrace {
namespace {

srtp_profile_t ProfileOf(SrtpSuite suite) {
  switch (suite) {
    case SrtpSuite::kAeadAes128Gcm:
      return srtp_profile_aead_aes_128_gcm;
    case SrtpSuite::kAeadAes256Gcm:
      return srtp_profile_aead_aes_256_gcm;
    case SrtpSuite::kAesCm128HmacSha1_80:
      return srtp_profile_aes128_cm_sha1_80;
    case SrtpSuite::kAesCm128HmacSha1_32:
      return srtp_profile_aes128_cm_sha1_32;
  }
  return srtp_profile_reserved;
}

// One direction of one libsrtp2 session.
class LibsrtpSession {
 public:
  LibsrtpSession(const SrtpKeyMaterial& material, bool inbound) {
    static const srtp_err_status_t initialised = srtp_init();
    EXPECT_EQ(initialised, srtp_err_status_ok);
    key_ = Concat(material.key(), material.salt());
    srtp_policy_t policy;
    std::memset(&policy, 0, sizeof(policy));
    srtp_profile_t profile = ProfileOf(material.suite());
    EXPECT_EQ(srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile),
              srtp_err_status_ok);
    EXPECT_EQ(srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile),
              srtp_err_status_ok);
    policy.ssrc.type = inbound ? ssrc_any_inbound : ssrc_any_outbound;
    policy.key = key_.data();
    policy.window_size = 1024;
    EXPECT_EQ(srtp_create(&session_, &policy), srtp_err_status_ok);
  }
  LibsrtpSession(const LibsrtpSession&) = delete;
  ~LibsrtpSession() { srtp_dealloc(session_); }

  // Empty when libsrtp2 refuses.
  std::vector<uint8_t> Protect(Bytes packet) { return Run(srtp_protect, packet); }
  std::vector<uint8_t> ProtectRtcp(Bytes packet) { return Run(srtp_protect_rtcp, packet); }
  std::vector<uint8_t> Unprotect(Bytes packet) { return Run(srtp_unprotect, packet); }
  std::vector<uint8_t> UnprotectRtcp(Bytes packet) { return Run(srtp_unprotect_rtcp, packet); }

 private:
  std::vector<uint8_t> Run(srtp_err_status_t (*function)(srtp_t, void*, int*), Bytes packet) {
    // libsrtp2 wants 32-bit alignment, which a vector's memory has.
    std::vector<uint8_t> bytes(packet.begin(), packet.end());
    bytes.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
    int size = static_cast<int>(packet.size());
    if (function(session_, bytes.data(), &size) != srtp_err_status_ok) size = 0;
    bytes.resize(static_cast<size_t>(size));
    return bytes;
  }

  std::vector<uint8_t> key_;
  srtp_t session_ = nullptr;
};

class SrtpInteropTest : public testing::TestWithParam<SrtpSetup> {
 protected:
  std::unique_ptr<SrtpBackend> backend_ = GetParam().MakeBackend();
  SrtpKeyMaterial keys_ = MakeKeys(GetParam().suite);
  SrtpSender sender_{*backend_, keys_};
  SrtpReceiver receiver_{*backend_, keys_};
  LibsrtpSession libsrtp_in_{keys_, true};
  LibsrtpSession libsrtp_out_{keys_, false};
};

TEST_P(SrtpInteropTest, LibsrtpOpensWhatWeSealOfEveryShape) {
  SrtpStream stream = *sender_.AddStream(Ssrc(0x11223344));
  uint16_t sequence_number = 1000;
  for (bool extension : {false, true}) {
    for (uint8_t csrc_count : {uint8_t{0}, uint8_t{1}, uint8_t{15}}) {
      for (size_t size : {0u, 1u, 16u, 31u, 160u, 1200u}) {
        RtpParts parts = MakeRtp({.sequence_number = sequence_number++,
                                  .payload_size = size,
                                  .extension = extension,
                                  .csrc_count = csrc_count});
        std::vector<uint8_t> sealed = SealRtp(sender_, stream, parts);
        ASSERT_EQ(sealed.size(), parts.Whole().size() + sender_.rtp_overhead());
        EXPECT_EQ(ToHex(libsrtp_in_.Unprotect(sealed)), ToHex(parts.Whole()));
      }
    }
  }
}

TEST_P(SrtpInteropTest, WeOpenWhatLibsrtpSealsOfEveryShape) {
  uint16_t sequence_number = 1000;
  for (bool extension : {false, true}) {
    for (uint8_t csrc_count : {uint8_t{0}, uint8_t{1}, uint8_t{15}}) {
      for (size_t size : {0u, 1u, 16u, 31u, 160u, 1200u}) {
        std::vector<uint8_t> whole = MakeRtp({.sequence_number = sequence_number++,
                                              .payload_size = size,
                                              .extension = extension,
                                              .csrc_count = csrc_count})
                                         .Whole();
        EXPECT_EQ(ToHex(OpenRtp(receiver_, libsrtp_out_.Protect(whole))), ToHex(whole));
      }
    }
  }
}

TEST_P(SrtpInteropTest, BothGoOverTheWrapOfTheSequenceNumberTwice) {
  SrtpStream stream = *sender_.AddStream(Ssrc(0x11223344));
  for (uint32_t i = 30000; i < 30000 + 2 * 65536; i += 97) {
    RtpParts parts = MakeRtp({.sequence_number = static_cast<uint16_t>(i), .payload_size = 20});
    ASSERT_EQ(libsrtp_in_.Unprotect(SealRtp(sender_, stream, parts)), parts.Whole()) << i;
    ASSERT_EQ(OpenRtp(receiver_, libsrtp_out_.Protect(parts.Whole())), parts.Whole()) << i;
  }
  EXPECT_EQ(receiver_.rollover_counter(Ssrc(0x11223344)), 2u);
}

TEST_P(SrtpInteropTest, BothCarryReorderedPacketsAroundTheWrap) {
  SrtpStream stream = *sender_.AddStream(Ssrc(0x11223344));
  constexpr uint16_t kOrder[] = {30000, 60000, 65533, 65535, 0, 1, 65534, 2};
  for (uint16_t sequence_number : kOrder) {
    RtpParts parts = MakeRtp({.sequence_number = sequence_number});
    EXPECT_EQ(libsrtp_in_.Unprotect(SealRtp(sender_, stream, parts)), parts.Whole());
  }
}

TEST_P(SrtpInteropTest, LibsrtpOpensOurRtcp) {
  for (size_t words : {0u, 1u, 5u, 300u}) {
    std::vector<uint8_t> packet = MakeRtcp(Ssrc(77), words);
    EXPECT_EQ(ToHex(libsrtp_in_.UnprotectRtcp(SealRtcp(sender_, packet))), ToHex(packet));
  }
}

TEST_P(SrtpInteropTest, WeOpenLibsrtpsRtcp) {
  for (size_t words : {0u, 1u, 5u, 300u}) {
    std::vector<uint8_t> packet = MakeRtcp(Ssrc(78), words);
    EXPECT_EQ(ToHex(OpenRtcp(receiver_, libsrtp_out_.ProtectRtcp(packet))), ToHex(packet));
  }
}

TEST_P(SrtpInteropTest, BytesOfManyStreamsAreTheSameOnBothSides) {
  for (uint32_t ssrc = 1; ssrc <= 20; ++ssrc) {
    SrtpStream stream = *sender_.AddStream(Ssrc(ssrc));
    RtpParts parts = MakeRtp({.ssrc = Ssrc(ssrc), .sequence_number = 5000});
    EXPECT_EQ(ToHex(SealRtp(sender_, stream, parts)), ToHex(libsrtp_out_.Protect(parts.Whole())));
  }
}

INSTANTIATE_TEST_SUITE_P(All, SrtpInteropTest, testing::ValuesIn(AllSrtpSetups()), NameOfSetup);

}  // namespace
}  // namespace millrace
