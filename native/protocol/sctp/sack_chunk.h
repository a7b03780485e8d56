#pragma once

#include <cstdint>
#include <optional>

#include "protocol/sctp/chunk.h"

namespace millrace {

// Selective acknowledgement (RFC 9260 section 3.3.4), read only: ReceivedTsns writes ours.
struct SackChunk {
  // Offsets from the cumulative TSN, both ends included.
  struct GapBlock {
    uint16_t start = 0;
    uint16_t end = 0;
  };

  uint32_t cumulative_tsn = 0;
  uint32_t window = 0;
  size_t gap_count = 0;
  size_t duplicate_count = 0;
  Bytes gaps;

  [[nodiscard]] static std::optional<SackChunk> Parse(const ChunkView& chunk);
  // The index is below gap_count.
  [[nodiscard]] GapBlock Gap(size_t index) const;
};

}  // namespace millrace
