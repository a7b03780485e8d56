#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/byte_reader.h"

namespace millrace {

// The protection profiles of RFC 5764 section 4.1.2 and RFC 7714 section 14.2 that we speak, in the
// order in which we offer them.
enum class SrtpSuite : uint8_t {
  kAeadAes128Gcm,
  kAeadAes256Gcm,
  kAesCm128HmacSha1_80,
  kAesCm128HmacSha1_32,
};

inline constexpr std::array<SrtpSuite, 4> kSrtpSuites = {
    SrtpSuite::kAeadAes128Gcm, SrtpSuite::kAeadAes256Gcm, SrtpSuite::kAesCm128HmacSha1_80,
    SrtpSuite::kAesCm128HmacSha1_32};

// The name as SDP security descriptions and the worker channel write it ("AEAD_AES_128_GCM").
[[nodiscard]] std::string_view ToString(SrtpSuite suite);
[[nodiscard]] std::optional<SrtpSuite> ParseSrtpSuite(std::string_view name);

[[nodiscard]] constexpr bool IsAead(SrtpSuite suite) {
  return suite == SrtpSuite::kAeadAes128Gcm || suite == SrtpSuite::kAeadAes256Gcm;
}
[[nodiscard]] constexpr size_t SrtpKeyBytes(SrtpSuite suite) {
  return suite == SrtpSuite::kAeadAes256Gcm ? 32 : 16;
}
// RFC 7714 section 12: 96 bits for GCM; RFC 3711 section 8.2: 112 bits for counter mode.
[[nodiscard]] constexpr size_t SrtpSaltBytes(SrtpSuite suite) { return IsAead(suite) ? 12 : 14; }
[[nodiscard]] constexpr size_t SrtpRtpTagBytes(SrtpSuite suite) {
  if (IsAead(suite)) return 16;
  return suite == SrtpSuite::kAesCm128HmacSha1_80 ? 10 : 4;
}
// RFC 5764 section 4.1.2: the _32 profile shortens the tag of RTP only.
[[nodiscard]] constexpr size_t SrtpRtcpTagBytes(SrtpSuite suite) { return IsAead(suite) ? 16 : 10; }

// By how much sealing makes a packet longer, whatever the suite.
inline constexpr size_t kSrtpRtpOverheadMax = 16;
inline constexpr size_t kSrtpRtcpOverheadMax = 16 + 4;

// Master key and master salt of one direction. Wiped when it goes.
class SrtpKeyMaterial {
 public:
  // `key_and_salt` is the key followed by the salt, as SDP and the DTLS exporter give them; nothing
  // when the length is not exactly the suite's.
  [[nodiscard]] static std::optional<SrtpKeyMaterial> FromBytes(SrtpSuite suite,
                                                                Bytes key_and_salt);
  SrtpKeyMaterial(const SrtpKeyMaterial&) = default;
  SrtpKeyMaterial& operator=(const SrtpKeyMaterial&) = default;
  ~SrtpKeyMaterial();

  [[nodiscard]] SrtpSuite suite() const { return suite_; }
  [[nodiscard]] Bytes key() const { return Bytes(bytes_).first(SrtpKeyBytes(suite_)); }
  [[nodiscard]] Bytes salt() const {
    return Bytes(bytes_).subspan(SrtpKeyBytes(suite_), SrtpSaltBytes(suite_));
  }

 private:
  static constexpr size_t kBytesMax = 32 + 14;
  SrtpKeyMaterial() = default;

  SrtpSuite suite_ = SrtpSuite::kAeadAes128Gcm;
  std::array<uint8_t, kBytesMax> bytes_{};
};

}  // namespace millrace
