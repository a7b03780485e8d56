#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"

namespace millrace {

// Reads the numbers of a dependency descriptor, which keep to no byte bounds. As with ByteReader, a
// read past the end yields zero and marks the reader as failed.
class DependencyDescriptorBits {
 public:
  explicit DependencyDescriptorBits(Bytes bytes) : bytes_(bytes) {}

  // RTP Payload Format For AV1, A.8: f(n); `count` is at most 32.
  uint32_t Read(uint32_t count) {
    if (count > bytes_.size() * 8 - position_) {
      ok_ = false;
      position_ = bytes_.size() * 8;
      return 0;
    }
    uint32_t value = 0;
    for (uint32_t i = 0; i < count; ++i, ++position_) {
      uint32_t bit = bytes_[position_ / 8] >> (7 - position_ % 8) & 1u;
      value = value << 1 | bit;
    }
    return value;
  }
  bool ReadFlag() { return Read(1) != 0; }

  // ns(n): one of `values` numbers, the lower ones in a bit less.
  uint32_t ReadNonSymmetric(uint32_t values) {
    uint32_t width = 0;
    for (uint32_t rest = values; rest != 0; rest >>= 1) ++width;
    if (width == 0) return 0;
    uint32_t short_values = (1u << width) - values;
    uint32_t value = Read(width - 1);
    if (value < short_values) return value;
    return (value << 1 | Read(1)) - short_values;
  }

  void Skip(size_t count) {
    if (count > bytes_.size() * 8 - position_) ok_ = false;
    position_ = ok_ ? position_ + count : bytes_.size() * 8;
  }

  // Bits read so far.
  [[nodiscard]] size_t position() const { return position_; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  Bytes bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace millrace
