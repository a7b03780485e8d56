#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocol/sctp/chunk.h"
#include "protocol/sctp/packet_writer.h"

namespace millrace {

// INIT and INIT ACK, which differ in the cookie only (RFC 9260 sections 3.3.2 and 3.3.3).
// Addresses in it are ignored: the path is the layer's below.
struct InitChunk {
  // Unknown parameters whose type asks for a report, with their headers.
  static constexpr size_t kReportsMax = 4;
  static constexpr size_t kReportBytesMax = 64;

  uint32_t initiate_tag = 0;
  uint32_t window = 0;
  uint16_t outbound_streams = 0;
  uint16_t inbound_streams = 0;
  uint32_t initial_tsn = 0;
  bool partial_reliability = false;
  bool stream_reset = false;
  bool interleaving = false;
  // INIT ACK only, and there it must not be empty.
  Bytes cookie;
  std::array<Bytes, kReportsMax> reports;
  size_t report_count = 0;

  // Nothing when clipped, or when a value is one that the RFC forbids.
  [[nodiscard]] static std::optional<InitChunk> Parse(const ChunkView& chunk);
  void Write(ChunkType type, PacketWriter& packet) const;
};

}  // namespace millrace
