#pragma once

#include <array>
#include <cstdint>

#include "base/byte_reader.h"
#include "protocol/srtp_suite.h"

namespace millrace {

enum class SrtpUse : uint8_t { kRtp, kRtcp };

// The keys that really touch packets, derived from a master key by RFC 3711 section 4.3 (with
// AES-256 by RFC 6188) at key derivation rate zero: once, and then for the life of the master key.
struct SrtpSessionKeys {
  static constexpr size_t kAuthenticationKeyBytes = 20;

  [[nodiscard]] static SrtpSessionKeys Derive(const SrtpKeyMaterial& material, SrtpUse use);
  SrtpSessionKeys() = default;
  SrtpSessionKeys(const SrtpSessionKeys&) = default;
  SrtpSessionKeys& operator=(const SrtpSessionKeys&) = default;
  ~SrtpSessionKeys();

  [[nodiscard]] Bytes cipher_key() const { return Bytes(key).first(SrtpKeyBytes(suite)); }
  [[nodiscard]] size_t tag_bytes() const {
    return use == SrtpUse::kRtp ? SrtpRtpTagBytes(suite) : SrtpRtcpTagBytes(suite);
  }

  SrtpSuite suite = SrtpSuite::kAeadAes128Gcm;
  SrtpUse use = SrtpUse::kRtp;
  std::array<uint8_t, 32> key{};
  // 14 bytes for counter mode, 12 for GCM; the rest is zero.
  std::array<uint8_t, 14> salt{};
  // Counter mode only.
  std::array<uint8_t, kAuthenticationKeyBytes> authentication_key{};
};

}  // namespace millrace
