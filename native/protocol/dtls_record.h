#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"

namespace millrace {

// Longer handshake messages are refused. OpenSSL keeps up to eleven of them while fragments are
// missing (ten ahead of the current one), so that a handshake stays below 64 KB; the longest honest
// message, a certificate with an RSA key of 8,192 bits, has 2,500 bytes.
inline constexpr size_t kDtlsHandshakeMessageMax = 5632;

// One record of a datagram (RFC 6347 section 4.1), still sealed if its epoch is not zero.
struct DtlsRecord {
  enum class Type : uint8_t {
    kChangeCipherSpec = 20,
    kAlert = 21,
    kHandshake = 22,
    kApplicationData = 23,
  };

  Type type = Type::kAlert;
  uint16_t epoch = 0;
  // Header and fragment.
  Bytes whole;
  Bytes fragment;

  // Takes the next record from a datagram; nothing when the rest of it is none.
  [[nodiscard]] static std::optional<DtlsRecord> Read(ByteReader& reader);

  // Whether every handshake message in this unsealed record lies within its own bounds and ours.
  [[nodiscard]] bool HasSoundHandshakeMessages() const;
};

}  // namespace millrace
