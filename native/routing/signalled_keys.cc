#include "routing/signalled_keys.h"

#include <array>
#include <optional>
#include <vector>

#include "base/check.h"
#include "protocol/crypto.h"

namespace millrace {
namespace {

SrtpSuite SuiteOf(SrtpSuiteName name) {
  switch (name) {
    case SrtpSuiteName::kAeadAes256Gcm:
      return SrtpSuite::kAeadAes256Gcm;
    case SrtpSuiteName::kAeadAes128Gcm:
      return SrtpSuite::kAeadAes128Gcm;
    case SrtpSuiteName::kAesCm128HmacSha1_80:
      return SrtpSuite::kAesCm128HmacSha1_80;
    case SrtpSuiteName::kAesCm128HmacSha1_32:
      return SrtpSuite::kAesCm128HmacSha1_32;
  }
  return SrtpSuite::kAeadAes128Gcm;
}

SrtpSuiteName NameOf(SrtpSuite suite) {
  switch (suite) {
    case SrtpSuite::kAeadAes256Gcm:
      return SrtpSuiteName::kAeadAes256Gcm;
    case SrtpSuite::kAeadAes128Gcm:
      return SrtpSuiteName::kAeadAes128Gcm;
    case SrtpSuite::kAesCm128HmacSha1_80:
      return SrtpSuiteName::kAesCm128HmacSha1_80;
    case SrtpSuite::kAesCm128HmacSha1_32:
      return SrtpSuiteName::kAesCm128HmacSha1_32;
  }
  return SrtpSuiteName::kAeadAes128Gcm;
}

SrtpKeyMaterial MakeKey(SrtpSuite suite, Random& random) {
  // The longest: a key of 32 bytes and a salt of 14 (RFC 3711, RFC 7714).
  std::array<uint8_t, 46> bytes;
  MutableBytes key = MutableBytes(bytes).first(SrtpKeyBytes(suite) + SrtpSaltBytes(suite));
  random.Fill(key);
  std::optional<SrtpKeyMaterial> material = SrtpKeyMaterial::FromBytes(suite, key);
  Wipe(bytes);
  CHECK(material, "as many bytes as the suite's key and salt have make a key");
  return *material;
}

}  // namespace

SignalledKeys::SignalledKeys(SrtpSuiteName suite, Random& random)
    : local_(MakeKey(SuiteOf(suite), random)) {}

Result<SrtpKeyMaterial> SignalledKeys::Accept(const SrtpParameters& remote, Random& random) {
  SrtpSuite suite = SuiteOf(remote.suite);
  std::optional<std::vector<uint8_t>> bytes = Base64Decode(remote.key_base64);
  if (!bytes) return Error::Type("invalid srtpParameters.keyBase64");
  std::optional<SrtpKeyMaterial> material = SrtpKeyMaterial::FromBytes(suite, *bytes);
  if (!material) return Error::Type("invalid decoded SRTP key length");
  if (local_.suite() != suite) local_ = MakeKey(suite, random);
  return *material;
}

SrtpParameters SignalledKeys::Parameters() const {
  std::vector<uint8_t> bytes(local_.key().begin(), local_.key().end());
  bytes.insert(bytes.end(), local_.salt().begin(), local_.salt().end());
  return {NameOf(local_.suite()), Base64Encode(bytes)};
}

}  // namespace millrace
