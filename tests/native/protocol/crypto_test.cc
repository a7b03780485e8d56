#include "protocol/crypto.h"

#include <gtest/gtest.h>

#include "protocol/hex.h"

namespace millrace {
namespace {

Bytes BytesOf(std::string_view text) {
  return Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

TEST(CryptoTest, HmacSha1IsThatOfRfc2202) {
  EXPECT_EQ(ToHex(HmacSha1(BytesOf("Jefe"), BytesOf("what do ya want for nothing?"))),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  std::vector<uint8_t> long_key(80, 0xaa);
  EXPECT_EQ(
      ToHex(HmacSha1(long_key, BytesOf("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(CryptoTest, HmacSha1TakesEmptyBytes) {
  EXPECT_EQ(ToHex(HmacSha1({}, {})), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

TEST(CryptoTest, Sha256IsThatOfFips180) {
  EXPECT_EQ(ToHex(Sha256(BytesOf("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(CryptoTest, Base64IsThatOfRfc4648Section10) {
  constexpr std::pair<std::string_view, std::string_view> kPairs[] = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}};
  for (auto [plain, encoded] : kPairs) {
    EXPECT_EQ(Base64Encode(BytesOf(plain)), encoded);
    auto decoded = Base64Decode(encoded);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(ToHex(*decoded), ToHex(BytesOf(plain)));
  }
}

TEST(CryptoTest, Base64RefusesEverySpellingButOne) {
  for (std::string_view text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "=", "====", "Zm 9v",
                                "Zm9v\n", "Zg==Zg==", "Zm-_"}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
}

TEST(CryptoTest, EqualityNeedsEqualSizesAndBytes) {
  EXPECT_TRUE(EqualsInConstantTime(BytesOf("abc"), BytesOf("abc")));
  EXPECT_FALSE(EqualsInConstantTime(BytesOf("abc"), BytesOf("abd")));
  EXPECT_FALSE(EqualsInConstantTime(BytesOf("abc"), BytesOf("abcd")));
  EXPECT_TRUE(EqualsInConstantTime({}, {}));
}

TEST(CryptoTest, WipeLeavesZeros) {
  std::vector<uint8_t> secret(40, 0xff);
  Wipe(secret);
  EXPECT_EQ(secret, std::vector<uint8_t>(40, 0));
}

}  // namespace
}  // namespace millrace
