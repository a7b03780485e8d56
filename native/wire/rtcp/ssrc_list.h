#pragma once

#include <cstddef>

#include "base/byte_reader.h"
#include "base/strong.h"

namespace millrace {

// A list of synchronization sources in a received packet.
class SsrcList {
 public:
  static constexpr size_t kSsrcBytes = 4;

  SsrcList() = default;
  // The bytes are a whole number of sources.
  explicit SsrcList(Bytes bytes) : bytes_(bytes) {}

  [[nodiscard]] size_t size() const { return bytes_.size() / kSsrcBytes; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  // `index` is less than size().
  [[nodiscard]] Ssrc operator[](size_t index) const {
    return Ssrc(ByteReader(bytes_.subspan(index * kSsrcBytes, kSsrcBytes)).ReadU32());
  }

 private:
  Bytes bytes_;
};

}  // namespace millrace
