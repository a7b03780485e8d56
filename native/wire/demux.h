#pragma once

#include <cstdint>

#include "base/byte_reader.h"

namespace millrace {

// What a datagram on a shared media port claims to be. Its parser has the last word.
enum class DatagramKind : uint8_t { kStun, kDtls, kRtp, kRtcp, kUnknown };

// Tells the protocols apart by the first two bytes (RFC 7983, RFC 5761); looks at nothing else.
[[nodiscard]] DatagramKind Classify(Bytes datagram);

}  // namespace millrace
