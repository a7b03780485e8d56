#include "protocol/srtp_cipher.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/hex.h"
#include "protocol/srtp_maker.h"

namespace millrace {
namespace {

class SrtpCipherTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    backend_ = GetParam() ? SrtpBackend::MakeIpsecMb() : SrtpBackend::MakeEvp();
    if (!backend_) GTEST_SKIP() << "this processor or build has no libipsec-mb";
  }

  std::unique_ptr<SrtpCipher> MakeCipher(SrtpSuite suite, SrtpUse use, std::string_view key,
                                         std::string_view salt) {
    SrtpSessionKeys keys;
    keys.suite = suite;
    keys.use = use;
    std::ranges::copy(FromHex(key), keys.key.begin());
    std::ranges::copy(FromHex(salt), keys.salt.begin());
    return backend_->MakeCipher(keys);
  }

  std::unique_ptr<SrtpBackend> backend_;
};

// Seals what stands behind `clear_size` bytes, and opens it again.
void ExpectSealed(SrtpCipher& cipher, const SrtpCipher::Position& position, Bytes plain_packet,
                  size_t clear_size, std::string_view expected) {
  Bytes clear = plain_packet.first(clear_size);
  Bytes plain = plain_packet.subspan(clear_size);
  std::vector<uint8_t> sealed(plain.size() + 16);
  cipher.Seal(position, clear, plain, sealed.data());
  EXPECT_EQ(ToHex(sealed), ToHex(FromHex(expected)));

  std::vector<uint8_t> opened(plain.size());
  Bytes tag = Bytes(sealed).last(16);
  EXPECT_TRUE(cipher.Open(position, clear, Bytes(sealed).first(plain.size()), tag, opened.data()));
  EXPECT_EQ(ToHex(opened), ToHex(plain));
}

constexpr std::string_view kRfc7714Salt = "51 75 69 64 20 70 72 6f 20 71 75 6f";
constexpr std::string_view kRfc7714Key128 = "000102030405060708090a0b0c0d0e0f";
constexpr std::string_view kRfc7714Key256 =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr std::string_view kRfc7714Rtp =
    "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070"
    "61727465 73207472 6573";
constexpr std::string_view kRfc7714Rtcp =
    "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef"
    "deadbeef deadbeef deadbeef";

TEST_P(SrtpCipherTest, SealsTheRtpPacketOfRfc7714Section16With128Bits) {
  auto cipher = MakeCipher(SrtpSuite::kAeadAes128Gcm, SrtpUse::kRtp, kRfc7714Key128, kRfc7714Salt);
  ExpectSealed(*cipher, {.ssrc = Ssrc(0x5501a0b2), .index = 0xf17b}, FromHex(kRfc7714Rtp), 12,
               "f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf"
               "8833899d 7f27beb1 6a9152cf 765ee439 0cce");
}

TEST_P(SrtpCipherTest, SealsTheRtpPacketOfRfc7714Section16With256Bits) {
  auto cipher = MakeCipher(SrtpSuite::kAeadAes256Gcm, SrtpUse::kRtp, kRfc7714Key256, kRfc7714Salt);
  ExpectSealed(*cipher, {.ssrc = Ssrc(0x5501a0b2), .index = 0xf17b}, FromHex(kRfc7714Rtp), 12,
               "32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f 1ba63799"
               "b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13");
}

TEST_P(SrtpCipherTest, SealsTheRtcpPacketOfRfc7714Section17With128Bits) {
  auto cipher = MakeCipher(SrtpSuite::kAeadAes128Gcm, SrtpUse::kRtcp, kRfc7714Key128, kRfc7714Salt);
  ExpectSealed(*cipher, {.ssrc = Ssrc(0x4d617273), .index = 0x800005d4}, FromHex(kRfc7714Rtcp), 8,
               "63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46"
               "86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade");
}

TEST_P(SrtpCipherTest, SealsTheRtcpPacketOfRfc7714Section17With256Bits) {
  auto cipher = MakeCipher(SrtpSuite::kAeadAes256Gcm, SrtpUse::kRtcp, kRfc7714Key256, kRfc7714Salt);
  ExpectSealed(*cipher, {.ssrc = Ssrc(0x4d617273), .index = 0x800005d4}, FromHex(kRfc7714Rtcp), 8,
               "d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50 a2eaa5c1 110555be 8415f658"
               "c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c b26ac3be");
}

TEST_P(SrtpCipherTest, MakesTheKeyStreamOfRfc3711SectionB2) {
  auto cipher = MakeCipher(SrtpSuite::kAesCm128HmacSha1_80, SrtpUse::kRtp,
                           "2B7E151628AED2A6ABF7158809CF4F3C", "F0F1F2F3F4F5F6F7F8F9FAFBFCFD");
  std::vector<uint8_t> zeros(48);
  std::vector<uint8_t> sealed(zeros.size() + 10);
  cipher->Seal({.ssrc = Ssrc(0), .index = 0}, {}, zeros, sealed.data());
  EXPECT_EQ(ToHex(Bytes(sealed).first(48)),
            "e03ead0935c95e80e166b16dd92b4eb4"
            "d23513162b02d0f72a43a2fe4a5f97ab"
            "41e95b3bb0a2e8dd477901e4fca894c0");
}

TEST_P(SrtpCipherTest, RefusesEveryFlippedBitOfATag) {
  for (SrtpSuite suite : kSrtpSuites) {
    auto cipher = MakeCipher(suite, SrtpUse::kRtp, kRfc7714Key256, kRfc7714Salt);
    std::vector<uint8_t> plain(33, 0x5a);
    std::vector<uint8_t> clear(12, 0x80);
    size_t tag_bytes = SrtpRtpTagBytes(suite);
    std::vector<uint8_t> sealed(plain.size() + tag_bytes);
    SrtpCipher::Position position{.ssrc = Ssrc(1), .index = 99};
    cipher->Seal(position, clear, plain, sealed.data());
    for (size_t bit = 0; bit < tag_bytes * 8; ++bit) {
      std::vector<uint8_t> tag(sealed.begin() + 33, sealed.end());
      tag[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
      std::vector<uint8_t> opened(plain.size());
      EXPECT_FALSE(cipher->Open(position, clear, Bytes(sealed).first(33), tag, opened.data()));
    }
  }
}

TEST_P(SrtpCipherTest, SealsInPlaceAsItDoesFromElsewhere) {
  for (SrtpSuite suite : kSrtpSuites) {
    auto cipher = MakeCipher(suite, SrtpUse::kRtp, kRfc7714Key256, kRfc7714Salt);
    for (size_t size : {0u, 1u, 15u, 16u, 17u, 255u, 256u, 257u, 1200u, 1460u}) {
      std::vector<uint8_t> plain(size, 0x33);
      std::vector<uint8_t> elsewhere(size + 16);
      std::vector<uint8_t> in_place(plain);
      in_place.resize(size + 16);
      SrtpCipher::Position position{.ssrc = Ssrc(5), .index = 70000 + size};
      std::vector<uint8_t> clear(12);
      cipher->Seal(position, clear, plain, elsewhere.data());
      cipher->Seal(position, clear, Bytes(in_place).first(size), in_place.data());
      EXPECT_EQ(in_place, elsewhere) << ToString(suite) << " " << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, SrtpCipherTest, testing::Values(false, true),
                         [](const auto& backend) { return backend.param ? "IpsecMb" : "Evp"; });

TEST(SrtpSessionKeysTest, AreThoseOfRfc3711SectionB3) {
  auto material = SrtpKeyMaterial::FromBytes(
      SrtpSuite::kAesCm128HmacSha1_80,
      FromHex("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6"));
  SrtpSessionKeys keys = SrtpSessionKeys::Derive(*material, SrtpUse::kRtp);
  EXPECT_EQ(ToHex(keys.cipher_key()), "c61e7a93744f39ee10734afe3ff7a087");
  EXPECT_EQ(ToHex(keys.salt), "30cbbc08863d8c85d49db34a9ae1");
  EXPECT_EQ(ToHex(keys.authentication_key), "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
}

TEST(SrtpKeyMaterialTest, HasExactlyTheLengthOfItsSuite) {
  for (SrtpSuite suite : kSrtpSuites) {
    size_t right = SrtpKeyBytes(suite) + SrtpSaltBytes(suite);
    for (size_t size = 0; size < 64; ++size) {
      std::vector<uint8_t> bytes(size, 1);
      EXPECT_EQ(SrtpKeyMaterial::FromBytes(suite, bytes).has_value(), size == right);
    }
  }
}

TEST(SrtpSuiteTest, IsFoundByItsOwnNameOnly) {
  for (SrtpSuite suite : kSrtpSuites) EXPECT_EQ(ParseSrtpSuite(ToString(suite)), suite);
  EXPECT_EQ(ParseSrtpSuite(""), std::nullopt);
  EXPECT_EQ(ParseSrtpSuite("NULL_HMAC_SHA1_80"), std::nullopt);
  EXPECT_EQ(ParseSrtpSuite("aead_aes_128_gcm"), std::nullopt);
}

}  // namespace
}  // namespace millrace
