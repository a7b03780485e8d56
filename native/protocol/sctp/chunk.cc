#include "protocol/sctp/chunk.h"

#include <algorithm>

namespace millrace {

std::optional<ChunkView> ChunkReader::Next() {
  if (!ok_ || reader_.remaining() == 0) return std::nullopt;
  Bytes rest = reader_.rest();
  ChunkView chunk;
  chunk.type = static_cast<ChunkType>(reader_.ReadU8());
  chunk.flags = reader_.ReadU8();
  // RFC 9260 3.2: "the Length field will be set to 4" when there is no value; it "does not count
  // any chunk padding".
  size_t length = reader_.ReadU16();
  if (!reader_.ok() || length < kChunkHeaderBytes || length > rest.size()) {
    ok_ = false;
    return std::nullopt;
  }
  chunk.whole = rest.first(length);
  chunk.value = chunk.whole.subspan(kChunkHeaderBytes);
  reader_.Skip(chunk.value.size());
  reader_.Skip(std::min((4 - length % 4) % 4, reader_.remaining()));
  return chunk;
}

}  // namespace millrace
