#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <vector>

#include "protocol/sctp/packet_writer.h"
#include "protocol/sctp/sctp_packet.h"

namespace millrace {

using ByteVector = std::vector<uint8_t>;

// A packet with what `write` puts into it; port 5000 on both sides.
inline ByteVector MakePacket(uint32_t tag, const std::function<void(PacketWriter&)>& write) {
  PacketWriter packet({}, tag, SctpLimits::kPacketBytesMax);
  write(packet);
  Bytes bytes = packet.Finish();
  return {bytes.begin(), bytes.end()};
}

// A packet with one chunk of these bytes.
inline ByteVector MakeChunkPacket(uint32_t tag, ChunkType type, uint8_t flags,
                                  const ByteVector& value) {
  return MakePacket(tag, [&](PacketWriter& p) { p.AddChunk(type, flags, value); });
}

// The only chunk of a packet made by `write`, and the bytes that it stands in.
struct MadeChunk {
  ByteVector packet;
  ChunkView view;

  explicit MadeChunk(const std::function<void(PacketWriter&)>& write)
      : packet(MakePacket(1, write)) {
    view = ChunkReader(SctpPacket::Parse(packet)->chunks).Next().value();
  }
};

inline std::vector<ChunkView> ChunksOf(Bytes packet) {
  std::vector<ChunkView> chunks;
  ChunkReader reader(packet.subspan(kSctpHeaderBytes));
  while (auto chunk = reader.Next()) chunks.push_back(*chunk);
  return chunks;
}

}  // namespace millrace
