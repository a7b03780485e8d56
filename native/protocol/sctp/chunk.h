#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"

namespace millrace {

// RFC 9260 section 3.2, RFC 8260, RFC 6525 and RFC 3758: the chunks that we speak.
enum class ChunkType : uint8_t {
  kData = 0,
  kInit = 1,
  kInitAck = 2,
  kSack = 3,
  kHeartbeat = 4,
  kHeartbeatAck = 5,
  kAbort = 6,
  kShutdown = 7,
  kShutdownAck = 8,
  kError = 9,
  kCookieEcho = 10,
  kCookieAck = 11,
  kShutdownComplete = 14,
  kIData = 64,
  kReconfig = 130,
  kForwardTsn = 192,
  kIForwardTsn = 194,
};

inline constexpr size_t kChunkHeaderBytes = 4;

// One chunk within a packet that is still there.
struct ChunkView {
  ChunkType type = ChunkType::kData;  // any byte, not only those named above
  uint8_t flags = 0;
  Bytes value;
  Bytes whole;  // with its header, without padding
};

// Reads the chunks of a packet one after the other.
class ChunkReader {
 public:
  explicit ChunkReader(Bytes chunks) : reader_(chunks) {}

  // Nothing at the end, or when the length of the next chunk is wrong: ask ok() then.
  [[nodiscard]] std::optional<ChunkView> Next();
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  ByteReader reader_;
  bool ok_ = true;
};

}  // namespace millrace
