#include "protocol/srtp_suite.h"

#include <algorithm>

#include "protocol/crypto.h"

namespace millrace {

std::string_view ToString(SrtpSuite suite) {
  switch (suite) {
    case SrtpSuite::kAeadAes128Gcm:
      return "AEAD_AES_128_GCM";
    case SrtpSuite::kAeadAes256Gcm:
      return "AEAD_AES_256_GCM";
    case SrtpSuite::kAesCm128HmacSha1_80:
      return "AES_CM_128_HMAC_SHA1_80";
    case SrtpSuite::kAesCm128HmacSha1_32:
      return "AES_CM_128_HMAC_SHA1_32";
  }
  return "";
}

std::optional<SrtpSuite> ParseSrtpSuite(std::string_view name) {
  for (SrtpSuite suite : kSrtpSuites) {
    if (ToString(suite) == name) return suite;
  }
  return std::nullopt;
}

std::optional<SrtpKeyMaterial> SrtpKeyMaterial::FromBytes(SrtpSuite suite, Bytes key_and_salt) {
  if (key_and_salt.size() != SrtpKeyBytes(suite) + SrtpSaltBytes(suite)) return std::nullopt;
  SrtpKeyMaterial material;
  material.suite_ = suite;
  std::copy(key_and_salt.begin(), key_and_salt.end(), material.bytes_.begin());
  return material;
}

SrtpKeyMaterial::~SrtpKeyMaterial() { Wipe(bytes_); }

}  // namespace millrace
