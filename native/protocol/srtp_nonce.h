#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "protocol/srtp_cipher.h"
#include "protocol/srtp_session_keys.h"

namespace millrace {

// What RTCP's trailing word holds besides the E flag (RFC 3711 section 3.4).
inline constexpr uint64_t kSrtcpIndexMask = 0x7fffffff;

// Four bytes of SSRC and six of index in network order, `first` bytes into N of them, under the
// salt. Written whole and then masked, which compiles to a few wide instructions.
template <size_t N>
[[nodiscard]] inline std::array<uint8_t, N> SaltedPosition(const SrtpSessionKeys& keys,
                                                           const SrtpCipher::Position& position,
                                                           size_t first) {
  std::array<uint8_t, N> bytes{};
  uint32_t ssrc = position.ssrc.value();
  bool rtcp = keys.use == SrtpUse::kRtcp;
  uint64_t index = rtcp ? position.index & kSrtcpIndexMask : position.index;
  for (size_t i = 0; i < 4; ++i) bytes[first + i] = static_cast<uint8_t>(ssrc >> (24 - 8 * i));
  for (size_t i = 0; i < 6; ++i) bytes[first + 4 + i] = static_cast<uint8_t>(index >> (40 - 8 * i));
  constexpr size_t kSaltBytes = N < 14 ? N : 14;
  for (size_t i = 0; i < kSaltBytes; ++i) bytes[i] ^= keys.salt[i];
  return bytes;
}

// RFC 7714 sections 8.1 and 9.1: two zero bytes, the SSRC, and ROC and sequence number or the SRTCP
// index.
[[nodiscard]] inline std::array<uint8_t, 12> GcmNonce(const SrtpSessionKeys& keys,
                                                      const SrtpCipher::Position& position) {
  return SaltedPosition<12>(keys, position, 2);
}

// RFC 3711 section 4.1.1: "IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16)".
[[nodiscard]] inline std::array<uint8_t, 16> CounterModeIv(const SrtpSessionKeys& keys,
                                                           const SrtpCipher::Position& position) {
  return SaltedPosition<16>(keys, position, 4);
}

// What counter mode authenticates behind the packet: the ROC (RFC 3711 section 4.2), or RTCP's
// trailing word, which is part of the packet.
[[nodiscard]] inline uint32_t AuthenticatedWord(const SrtpSessionKeys& keys,
                                                const SrtpCipher::Position& position) {
  bool rtcp = keys.use == SrtpUse::kRtcp;
  return static_cast<uint32_t>(rtcp ? position.index : position.index >> 16);
}

// What GCM authenticates besides the payload: the RTP header (RFC 7714 section 8.2), or RTCP's
// first eight bytes and its trailing word (section 9.2). Lives on the stack of one call.
class GcmAssociatedBytes {
 public:
  static constexpr size_t kRtcpHeaderBytes = 8;

  GcmAssociatedBytes(const SrtpSessionKeys& keys, const SrtpCipher::Position& position, Bytes clear)
      : bytes_(clear) {
    if (keys.use == SrtpUse::kRtp) return;
    CHECK(clear.size() == kRtcpHeaderBytes, "RTCP leaves its first eight bytes in the clear");
    for (size_t i = 0; i < kRtcpHeaderBytes; ++i) joined_[i] = clear[i];
    for (size_t i = 0; i < 4; ++i) {
      joined_[kRtcpHeaderBytes + i] = static_cast<uint8_t>(position.index >> (24 - 8 * i));
    }
    bytes_ = joined_;
  }
  GcmAssociatedBytes(const GcmAssociatedBytes&) = delete;
  GcmAssociatedBytes& operator=(const GcmAssociatedBytes&) = delete;

  [[nodiscard]] Bytes bytes() const { return bytes_; }

 private:
  std::array<uint8_t, kRtcpHeaderBytes + 4> joined_;
  Bytes bytes_;
};

}  // namespace millrace
