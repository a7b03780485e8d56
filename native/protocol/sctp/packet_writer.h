#pragma once

#include <array>
#include <cstdint>

#include "base/byte_writer.h"
#include "protocol/sctp/chunk.h"
#include "protocol/sctp/sctp_types.h"

namespace millrace {

// Builds one packet: the common header, then chunks until it is full, then the checksum. Whoever
// adds a chunk asks Fits first; that keeps every packet within the path's size.
class PacketWriter {
 public:
  PacketWriter(SctpPorts ports, uint32_t verification_tag, size_t size_max);
  PacketWriter(const PacketWriter&) = delete;
  PacketWriter& operator=(const PacketWriter&) = delete;

  // Whether a chunk with this much after its header fits.
  [[nodiscard]] bool Fits(size_t value_bytes) const;
  // The value of the chunk is written to the answer; EndChunk sets length and padding.
  ByteWriter& BeginChunk(ChunkType type, uint8_t flags = 0);
  void EndChunk();
  void AddChunk(ChunkType type, uint8_t flags, Bytes value);
  // A parameter or error cause within the chunk that was begun.
  void AddParameter(uint16_t type, Bytes value);

  // What is left for one chunk, its header included.
  [[nodiscard]] size_t room() const { return writer_.remaining(); }
  [[nodiscard]] bool empty() const;
  [[nodiscard]] Bytes Finish();

 private:
  std::array<uint8_t, SctpLimits::kPacketBytesMax> bytes_;
  ByteWriter writer_;
  size_t chunk_start_ = 0;
};

}  // namespace millrace
