#pragma once

#include <cstdint>
#include <string>

#include "protocol/sctp/chunk.h"
#include "protocol/sctp/packet_writer.h"

namespace millrace {

// Why an ABORT or ERROR was sent (RFC 9260 section 3.3.10).
enum class ErrorCause : uint16_t {
  kInvalidStream = 1,
  kMissingParameter = 2,
  kStaleCookie = 3,
  kOutOfResource = 4,
  kUnrecognizedChunk = 6,
  kInvalidParameter = 7,
  kNoUserData = 9,
  kCookieInShutdown = 10,
  kUserAbort = 12,
  kProtocolViolation = 13,
};

// Writes an ABORT or ERROR chunk with one cause, whose value is cut to what fits.
void WriteErrorChunk(ChunkType type, uint8_t flags, ErrorCause cause, Bytes value,
                     PacketWriter& packet);

// Whether the ERROR or ABORT chunk names this cause.
[[nodiscard]] bool HasCause(const ChunkView& chunk, ErrorCause cause);

// The causes of an ERROR or ABORT chunk as a sentence for the log: numbers and printable text only.
[[nodiscard]] std::string DescribeCauses(const ChunkView& chunk);

}  // namespace millrace
