#pragma once

#include <cstdint>
#include <optional>

#include "protocol/sctp/chunk.h"
#include "protocol/sctp/packet_writer.h"
#include "protocol/sctp/sctp_types.h"

namespace millrace {

// DATA (RFC 9260 section 3.3.1) or I-DATA (RFC 8260 section 2.1): one message, or a part of it.
struct DataChunk {
  uint32_t tsn = 0;
  SctpStreamId stream = {};
  // DATA: the stream sequence number, 16 bits. I-DATA: the message identifier, 32 bits.
  uint32_t sequence = 0;
  // I-DATA only: the place within the message; the first part has zero.
  uint32_t fragment = 0;
  // I-DATA carries it in the first part only.
  Ppid ppid = {};
  bool begin = false;
  bool end = false;
  bool unordered = false;
  // The sender asks to be answered at once (the I bit).
  bool immediate = false;
  bool interleaved = false;
  // Empty in a chunk that breaks the rules: RFC 9260 section 6.2 lets the receiver abort.
  Bytes payload;

  // Of a chunk of either type.
  [[nodiscard]] static std::optional<DataChunk> Parse(const ChunkView& chunk);
  void Write(PacketWriter& packet) const;
  // All of the chunk but its payload.
  [[nodiscard]] static constexpr size_t HeaderBytes(bool interleaved) {
    return interleaved ? 20 : 16;
  }
};

}  // namespace millrace
