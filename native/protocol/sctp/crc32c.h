#pragma once

#include <cstdint>

#include "base/byte_reader.h"

namespace millrace {

// The checksum of RFC 9260 appendix A (Castagnoli's polynomial) of bytes that stand in pieces.
// `before` is the answer for the bytes ahead of these.
[[nodiscard]] uint32_t Crc32c(Bytes bytes, uint32_t before = 0);

}  // namespace millrace
