#include "protocol/sctp/data_chunk.h"

namespace millrace {

namespace {

constexpr uint8_t kEnd = 0x01;
constexpr uint8_t kBegin = 0x02;
constexpr uint8_t kUnordered = 0x04;
constexpr uint8_t kImmediate = 0x08;

}  // namespace

std::optional<DataChunk> DataChunk::Parse(const ChunkView& chunk) {
  DataChunk data;
  data.interleaved = chunk.type == ChunkType::kIData;
  data.end = (chunk.flags & kEnd) != 0;
  data.begin = (chunk.flags & kBegin) != 0;
  data.unordered = (chunk.flags & kUnordered) != 0;
  data.immediate = (chunk.flags & kImmediate) != 0;
  ByteReader reader(chunk.value);
  data.tsn = reader.ReadU32();
  data.stream = SctpStreamId(reader.ReadU16());
  data.sequence = reader.ReadU16();
  if (data.interleaved) data.sequence = reader.ReadU32();
  uint32_t ppid_or_fragment = reader.ReadU32();
  // RFC 8260 2.1: "If the B bit is set, this field contains the PPID ... the FSN is implicitly 0."
  if (!data.interleaved || data.begin) {
    data.ppid = Ppid(ppid_or_fragment);
  } else {
    data.fragment = ppid_or_fragment;
  }
  data.payload = reader.rest();
  if (!reader.ok()) return std::nullopt;
  return data;
}

void DataChunk::Write(PacketWriter& packet) const {
  uint8_t flags = static_cast<uint8_t>((end ? kEnd : 0) | (begin ? kBegin : 0) |
                                       (unordered ? kUnordered : 0) | (immediate ? kImmediate : 0));
  ByteWriter& writer = packet.BeginChunk(interleaved ? ChunkType::kIData : ChunkType::kData, flags);
  writer.WriteU32(tsn);
  writer.WriteU16(stream.value());
  if (interleaved) {
    writer.WriteU16(0);
    writer.WriteU32(sequence);
    writer.WriteU32(begin ? ppid.value() : fragment);
  } else {
    writer.WriteU16(static_cast<uint16_t>(sequence));
    writer.WriteU32(ppid.value());
  }
  writer.WriteBytes(payload);
  packet.EndChunk();
}

}  // namespace millrace
