#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/sctp/chunk.h"
#include "protocol/sctp/packet_writer.h"

namespace millrace {

// FORWARD-TSN (RFC 3758 section 3.2) or I-FORWARD-TSN (RFC 8260 section 2.3.1): the sender gave up
// everything up to a TSN, and with it these messages.
struct ForwardTsnChunk {
  struct Skipped {
    SctpStreamId stream;
    // The last message given up: a stream sequence number, or a message identifier.
    uint32_t sequence = 0;
    // I-FORWARD-TSN only; FORWARD-TSN names ordered messages alone.
    bool unordered = false;
  };

  uint32_t new_cumulative_tsn = 0;
  bool interleaved = false;
  std::vector<Skipped> skipped;

  [[nodiscard]] static std::optional<ForwardTsnChunk> Parse(const ChunkView& chunk);
  void Write(PacketWriter& packet) const;
  // How many entries a chunk of this size, header included, may have.
  [[nodiscard]] static size_t EntriesWithin(size_t bytes, bool interleaved);
};

}  // namespace millrace
