#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "protocol/sctp/chunk.h"

namespace millrace {

inline constexpr size_t kSctpHeaderBytes = 12;

// The common header of a packet whose checksum is right (RFC 9260 section 3.1), and its chunks.
struct SctpPacket {
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  uint32_t verification_tag = 0;
  Bytes chunks;

  // Nothing for a packet that is too short or whose CRC32c is wrong.
  [[nodiscard]] static std::optional<SctpPacket> Parse(Bytes bytes);
};

// The sum that belongs into the header of `packet`, whatever stands there now.
[[nodiscard]] uint32_t SctpChecksum(Bytes packet);
// Writes the sum into the header, in its own byte order.
void SetSctpChecksum(std::span<uint8_t> packet);

}  // namespace millrace
