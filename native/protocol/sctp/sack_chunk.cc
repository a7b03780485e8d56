#include "protocol/sctp/sack_chunk.h"

namespace millrace {

std::optional<SackChunk> SackChunk::Parse(const ChunkView& chunk) {
  ByteReader reader(chunk.value);
  SackChunk sack;
  sack.cumulative_tsn = reader.ReadU32();
  sack.window = reader.ReadU32();
  sack.gap_count = reader.ReadU16();
  sack.duplicate_count = reader.ReadU16();
  sack.gaps = reader.ReadBytes(4 * sack.gap_count);
  reader.Skip(4 * sack.duplicate_count);
  if (!reader.ok()) return std::nullopt;
  return sack;
}

SackChunk::GapBlock SackChunk::Gap(size_t index) const {
  ByteReader reader(gaps.subspan(4 * index, 4));
  GapBlock gap;
  gap.start = reader.ReadU16();
  gap.end = reader.ReadU16();
  return gap;
}

}  // namespace millrace
