#include "wire/hmac_sha1.h"

#include <bit>
#include <vector>

namespace millrace {

namespace {

constexpr size_t kBlockBytes = 64;

void Compress(Bytes block, std::array<uint32_t, 5>& state) {
  std::array<uint32_t, 80> w{};
  ByteReader reader(block);
  for (size_t i = 0; i < 16; ++i) w[i] = reader.ReadU32();
  for (size_t i = 16; i < 80; ++i) {
    w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (size_t i = 0; i < 80; ++i) {
    uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5A827999
                 : i < 40 ? (b ^ c ^ d) + 0x6ED9EBA1
                 : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC
                          : (b ^ c ^ d) + 0xCA62C1D6;
    uint32_t next = std::rotl(a, 5) + f + e + w[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

HmacSha1Digest Sha1(std::vector<uint8_t> text) {
  uint64_t bits = uint64_t{text.size()} * 8;
  text.push_back(0x80);
  while (text.size() % kBlockBytes != kBlockBytes - 8) text.push_back(0);
  for (int shift = 56; shift >= 0; shift -= 8) text.push_back(static_cast<uint8_t>(bits >> shift));
  std::array<uint32_t, 5> state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  for (size_t i = 0; i < text.size(); i += kBlockBytes) {
    Compress(Bytes(text).subspan(i, kBlockBytes), state);
  }
  HmacSha1Digest digest{};
  ByteWriter writer(digest);
  for (uint32_t word : state) writer.WriteU32(word);
  return digest;
}

}  // namespace

HmacSha1Digest TestHmacSha1(Bytes key, Bytes text) {
  std::vector<uint8_t> inner(kBlockBytes, 0x36);
  std::vector<uint8_t> outer(kBlockBytes, 0x5C);
  for (size_t i = 0; i < key.size(); ++i) {
    inner[i] ^= key[i];
    outer[i] ^= key[i];
  }
  inner.insert(inner.end(), text.begin(), text.end());
  HmacSha1Digest digest = Sha1(inner);
  outer.insert(outer.end(), digest.begin(), digest.end());
  return Sha1(outer);
}

}  // namespace millrace
