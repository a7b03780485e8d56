#include "protocol/sctp/packet_writer.h"

#include "base/check.h"
#include "protocol/sctp/parameter.h"
#include "protocol/sctp/sctp_packet.h"

namespace millrace {

PacketWriter::PacketWriter(SctpPorts ports, uint32_t verification_tag, size_t size_max)
    : writer_(MutableBytes(bytes_).first(size_max)) {
  writer_.WriteU16(ports.local);
  writer_.WriteU16(ports.remote);
  writer_.WriteU32(verification_tag);
  writer_.WriteZeros(4);
}

bool PacketWriter::Fits(size_t value_bytes) const {
  return kChunkHeaderBytes + (value_bytes + 3) / 4 * 4 <= room();
}

ByteWriter& PacketWriter::BeginChunk(ChunkType type, uint8_t flags) {
  chunk_start_ = writer_.position();
  writer_.WriteU8(static_cast<uint8_t>(type));
  writer_.WriteU8(flags);
  writer_.WriteZeros(2);
  return writer_;
}

void PacketWriter::EndChunk() {
  size_t length = writer_.position() - chunk_start_;
  writer_.PatchU16(chunk_start_ + 2, static_cast<uint16_t>(length));
  writer_.WriteZeros((4 - length % 4) % 4);
}

void PacketWriter::AddChunk(ChunkType type, uint8_t flags, Bytes value) {
  BeginChunk(type, flags).WriteBytes(value);
  EndChunk();
}

void PacketWriter::AddParameter(uint16_t type, Bytes value) {
  // The chunk's length leaves out the padding of its last parameter, but not that of the others.
  writer_.WriteZeros((4 - (writer_.position() - chunk_start_) % 4) % 4);
  writer_.WriteU16(type);
  writer_.WriteU16(static_cast<uint16_t>(kParameterHeaderBytes + value.size()));
  writer_.WriteBytes(value);
}

bool PacketWriter::empty() const { return writer_.position() == kSctpHeaderBytes; }

Bytes PacketWriter::Finish() {
  CHECK(writer_.ok(), "a chunk is only added to a packet that has room for it");
  SetSctpChecksum(writer_.written());
  return writer_.written();
}

}  // namespace millrace
