#include "protocol/sctp/forward_tsn_chunk.h"

namespace millrace {

namespace {

constexpr uint16_t kUnorderedBit = 0x0001;
constexpr size_t kFixedBytes = kChunkHeaderBytes + 4;

constexpr size_t EntryBytes(bool interleaved) { return interleaved ? 8 : 4; }

}  // namespace

std::optional<ForwardTsnChunk> ForwardTsnChunk::Parse(const ChunkView& chunk) {
  ForwardTsnChunk forward;
  forward.interleaved = chunk.type == ChunkType::kIForwardTsn;
  ByteReader reader(chunk.value);
  forward.new_cumulative_tsn = reader.ReadU32();
  if (!reader.ok() || reader.remaining() % EntryBytes(forward.interleaved) != 0) {
    return std::nullopt;
  }
  forward.skipped.reserve(reader.remaining() / EntryBytes(forward.interleaved));
  while (reader.remaining() > 0) {
    Skipped& skipped = forward.skipped.emplace_back();
    skipped.stream = SctpStreamId(reader.ReadU16());
    if (forward.interleaved) {
      skipped.unordered = (reader.ReadU16() & kUnorderedBit) != 0;
      skipped.sequence = reader.ReadU32();
    } else {
      skipped.sequence = reader.ReadU16();
    }
  }
  return forward;
}

void ForwardTsnChunk::Write(PacketWriter& packet) const {
  ByteWriter& writer =
      packet.BeginChunk(interleaved ? ChunkType::kIForwardTsn : ChunkType::kForwardTsn);
  writer.WriteU32(new_cumulative_tsn);
  for (const Skipped& skip : skipped) {
    writer.WriteU16(skip.stream.value());
    if (interleaved) {
      writer.WriteU16(skip.unordered ? kUnorderedBit : 0);
      writer.WriteU32(skip.sequence);
    } else {
      writer.WriteU16(static_cast<uint16_t>(skip.sequence));
    }
  }
  packet.EndChunk();
}

size_t ForwardTsnChunk::EntriesWithin(size_t bytes, bool interleaved) {
  return bytes < kFixedBytes ? 0 : (bytes - kFixedBytes) / EntryBytes(interleaved);
}

}  // namespace millrace
