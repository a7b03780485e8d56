#pragma once

#include <cstdint>

#include "base/byte_reader.h"

namespace millrace {

// What a datagram on a shared media port claims to be. Its parser has the last word.
enum class DatagramKind : uint8_t { kStun, kDtls, kRtp, kRtcp, kSctp, kUnknown };

// Tells the protocols apart by the first two bytes (RFC 7983, RFC 5761). SCTP without DTLS, which
// only plain and piped transports carry, is known by its two ports, which are 5000 there.
[[nodiscard]] DatagramKind Classify(Bytes datagram);

}  // namespace millrace
