#include "protocol/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/check.h"

namespace millrace {

namespace {

constexpr char kBase64Alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<uint32_t> Base64Value(char letter) {
  const char* end = kBase64Alphabet + 64;
  const char* found = std::find(kBase64Alphabet, end, letter);
  if (found == end) return std::nullopt;
  return static_cast<uint32_t>(found - kBase64Alphabet);
}

}  // namespace

std::array<uint8_t, 20> HmacSha1(Bytes key, Bytes text) {
  std::array<uint8_t, 20> digest{};
  // OpenSSL takes a null key for "the key of last time"; an empty key is not that.
  static constexpr uint8_t kNoBytes = 0;
  const uint8_t* key_bytes = key.empty() ? &kNoBytes : key.data();
  const uint8_t* done = HMAC(EVP_sha1(), key_bytes, static_cast<int>(key.size()), text.data(),
                             text.size(), digest.data(), nullptr);
  CHECK(done != nullptr, "HMAC-SHA1 of bytes in memory cannot fail");
  return digest;
}

Sha256Digest Sha256(Bytes bytes) {
  Sha256Digest digest{};
  int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  CHECK(done == 1, "SHA-256 of bytes in memory cannot fail");
  return digest;
}

std::string Base64Encode(Bytes bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = uint32_t{bytes[i]} << 16;
    if (count > 1) group |= uint32_t{bytes[i + 1]} << 8;
    if (count > 2) group |= bytes[i + 2];
    for (size_t letter = 0; letter < 4; ++letter) {
      bool padding = letter > count;
      text += padding ? '=' : kBase64Alphabet[(group >> (18 - 6 * letter)) & 63];
    }
  }
  return text;
}

std::optional<std::vector<uint8_t>> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) text.remove_suffix(1), ++padding;
  std::vector<uint8_t> bytes;
  bytes.reserve(text.size() * 3 / 4);
  uint32_t group = 0;
  int bits = 0;
  for (char letter : text) {
    auto value = Base64Value(letter);
    if (!value) return std::nullopt;
    group = (group << 6) | *value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<uint8_t>(group >> bits));
  }
  // RFC 4648 section 3.5: the bits after the last byte must be zero, or one value has many
  // spellings.
  if ((group & ((1u << bits) - 1)) != 0) return std::nullopt;
  return bytes;
}

bool EqualsInConstantTime(Bytes left, Bytes right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

void Wipe(MutableBytes secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

}  // namespace millrace
