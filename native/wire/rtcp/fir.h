#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/strong.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

// One stream that shall send a key frame; a repeated number is a repeated request, not a new one.
struct FirItem {
  Ssrc media;
  uint8_t sequence_number = 0;

  bool operator==(const FirItem&) const = default;
};

// "Full intra request": a command to send a key frame (RFC 5104 section 4.3.1).
class Fir {
 public:
  [[nodiscard]] static std::optional<Fir> Parse(const RtcpBlock& block);
  // A request to one stream. False, and nothing written, when the packet does not fit.
  [[nodiscard]] static bool Write(ByteWriter& writer, Ssrc sender, const FirItem& item);

  [[nodiscard]] Ssrc sender() const { return sender_; }
  [[nodiscard]] size_t size() const { return items_.size() / kItemBytes; }
  // `index` is less than size().
  [[nodiscard]] FirItem operator[](size_t index) const;

 private:
  static constexpr size_t kItemBytes = 8;

  Ssrc sender_;
  Bytes items_;
};

}  // namespace millrace
