#pragma once

#include <optional>
#include <string_view>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// The canonical name of one source. The text points into the packet.
struct SdesChunk {
  Ssrc ssrc;
  std::string_view cname;  // empty: the chunk has none

  // Writes a packet with this one chunk; the name has at most 255 bytes. False, and nothing
  // written, when the packet does not fit.
  [[nodiscard]] bool Write(ByteWriter& writer) const;
};

// Source descriptions (RFC 3550 section 6.5). All items but CNAME are skipped.
class Sdes {
 public:
  // Nothing when a chunk is cut off or lacks its end.
  [[nodiscard]] static std::optional<Sdes> Parse(const RtcpBlock& block);

  // Calls f(const SdesChunk&) for each chunk.
  template <typename F>
  void ForEach(F&& f) const {
    ByteReader reader(chunks_);
    for (uint8_t i = 0; i < count_; ++i) f(ReadChunk(reader));
  }

 private:
  static SdesChunk ReadChunk(ByteReader& reader);

  Bytes chunks_;
  uint8_t count_ = 0;
};

}  // namespace millrace
