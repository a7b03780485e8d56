#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/byte_reader.h"

namespace millrace {

// Writes network-order numbers into bytes that somebody else owns. A write that does not fit writes
// nothing and marks the writer as failed: write everything, then ask ok() once.
class ByteWriter {
 public:
  explicit ByteWriter(MutableBytes bytes) : bytes_(bytes) {}

  void WriteU8(uint8_t value) { WriteNumber<1>(value); }
  void WriteU16(uint16_t value) { WriteNumber<2>(value); }
  void WriteU24(uint32_t value) { WriteNumber<3>(value); }
  void WriteU32(uint32_t value) { WriteNumber<4>(value); }
  void WriteU64(uint64_t value) { WriteNumber<8>(value); }

  void WriteBytes(Bytes source) {
    MutableBytes target = Take(source.size());
    if (!target.empty()) std::memcpy(target.data(), source.data(), source.size());
  }

  void WriteZeros(size_t count) {
    MutableBytes target = Take(count);
    if (!target.empty()) std::memset(target.data(), 0, count);
  }

  // Overwrites two bytes that were written before, for lengths known only at the end.
  void PatchU16(size_t position, uint16_t value) {
    if (position + 2 > position_) {
      ok_ = false;
      return;
    }
    bytes_[position] = static_cast<uint8_t>(value >> 8);
    bytes_[position + 1] = static_cast<uint8_t>(value);
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] size_t position() const { return position_; }
  [[nodiscard]] size_t remaining() const { return bytes_.size() - position_; }
  [[nodiscard]] MutableBytes written() const { return bytes_.first(position_); }

 private:
  MutableBytes Take(size_t count) {
    if (count > remaining()) {
      ok_ = false;
      return {};
    }
    MutableBytes result = bytes_.subspan(position_, count);
    position_ += count;
    return result;
  }
  template <size_t kCount>
  void WriteNumber(uint64_t value) {
    if (kCount > remaining()) {
      ok_ = false;
      return;
    }
    uint8_t* target = bytes_.data() + position_;
    for (size_t i = 0; i < kCount; ++i) {
      target[i] = static_cast<uint8_t>(value >> (8 * (kCount - 1 - i)));
    }
    position_ += kCount;
  }

  MutableBytes bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace millrace
