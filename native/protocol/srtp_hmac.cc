// The one-shot interfaces of OpenSSL 3 cannot continue from a saved state without allocating, which
// costs more than the hashing of a short packet; the older ones, deprecated but there, can.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "protocol/srtp_hmac.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <span>

#include "base/check.h"
#include "protocol/crypto.h"

namespace millrace {

namespace {

// RFC 2104 section 2.
constexpr uint8_t kInnerPad = 0x36;
constexpr uint8_t kOuterPad = 0x5c;
constexpr size_t kBlockBytes = 64;
constexpr size_t kDigestBytes = 20;
using Digest = std::array<uint8_t, kDigestBytes>;

std::array<uint32_t, 5> StateAfterKey(Bytes key, uint8_t pad) {
  std::array<uint8_t, kBlockBytes> block;
  block.fill(pad);
  for (size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
  SHA_CTX sha;
  SHA1_Init(&sha);
  SHA1_Update(&sha, block.data(), block.size());
  std::array<uint32_t, 5> state = {sha.h0, sha.h1, sha.h2, sha.h3, sha.h4};
  Wipe(block);
  OPENSSL_cleanse(&sha, sizeof(sha));
  return state;
}

// A hash that has already seen one block, the padded key.
SHA_CTX ContinueFrom(const std::array<uint32_t, 5>& state) {
  SHA_CTX sha;
  SHA1_Init(&sha);
  sha.h0 = state[0], sha.h1 = state[1], sha.h2 = state[2], sha.h3 = state[3], sha.h4 = state[4];
  sha.Nl = kBlockBytes * 8;
  return sha;
}

Digest Compute(const std::array<uint32_t, 5>& inner, const std::array<uint32_t, 5>& outer,
               Bytes clear, Bytes sealed, uint32_t word) {
  Digest digest;
  std::array<uint8_t, 4> tail = {static_cast<uint8_t>(word >> 24), static_cast<uint8_t>(word >> 16),
                                 static_cast<uint8_t>(word >> 8), static_cast<uint8_t>(word)};
  SHA_CTX sha = ContinueFrom(inner);
  SHA1_Update(&sha, clear.data(), clear.size());
  SHA1_Update(&sha, sealed.data(), sealed.size());
  SHA1_Update(&sha, tail.data(), tail.size());
  SHA1_Final(digest.data(), &sha);
  sha = ContinueFrom(outer);
  SHA1_Update(&sha, digest.data(), digest.size());
  SHA1_Final(digest.data(), &sha);
  return digest;
}

}  // namespace

SrtpHmac::SrtpHmac(Bytes key)
    : inner_(StateAfterKey(key, kInnerPad)), outer_(StateAfterKey(key, kOuterPad)) {
  CHECK(key.size() <= kBlockBytes, "an SRTP authentication key is shorter than a block");
}

SrtpHmac::~SrtpHmac() {
  OPENSSL_cleanse(inner_.data(), sizeof(inner_));
  OPENSSL_cleanse(outer_.data(), sizeof(outer_));
}

void SrtpHmac::Sign(Bytes clear, Bytes sealed, uint32_t word, MutableBytes tag) const {
  CHECK(tag.size() <= kDigestBytes, "a tag is a part of the digest");
  Digest digest = Compute(inner_, outer_, clear, sealed, word);
  std::copy_n(digest.begin(), tag.size(), tag.begin());
}

bool SrtpHmac::Verify(Bytes clear, Bytes sealed, uint32_t word, Bytes tag) const {
  if (tag.size() > kDigestBytes) return false;
  Digest digest = Compute(inner_, outer_, clear, sealed, word);
  return EqualsInConstantTime(Bytes(digest).first(tag.size()), tag);
}

}  // namespace millrace
