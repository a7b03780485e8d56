#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace millrace {

using Bytes = std::span<const uint8_t>;
using MutableBytes = std::span<uint8_t>;

// Reads network-order numbers from bytes and never reads past their end. A read that would do so
// yields zero, or empty bytes, and marks the reader as failed: parse everything, then ask ok()
// once.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  uint8_t ReadU8() { return static_cast<uint8_t>(ReadNumber<1>()); }
  uint16_t ReadU16() { return static_cast<uint16_t>(ReadNumber<2>()); }
  uint32_t ReadU24() { return static_cast<uint32_t>(ReadNumber<3>()); }
  uint32_t ReadU32() { return static_cast<uint32_t>(ReadNumber<4>()); }
  uint64_t ReadU64() { return ReadNumber<8>(); }

  Bytes ReadBytes(size_t count) {
    if (count > remaining()) {
      Fail();
      return {};
    }
    Bytes result = bytes_.subspan(position_, count);
    position_ += count;
    return result;
  }

  void Skip(size_t count) { (void)ReadBytes(count); }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] size_t position() const { return position_; }
  [[nodiscard]] size_t remaining() const { return bytes_.size() - position_; }
  [[nodiscard]] Bytes rest() const { return bytes_.subspan(position_); }

 private:
  template <size_t kCount>
  uint64_t ReadNumber() {
    if (kCount > remaining()) {
      Fail();
      return 0;
    }
    const uint8_t* bytes = bytes_.data() + position_;
    uint64_t value = 0;
    for (size_t i = 0; i < kCount; ++i) value = (value << 8) | bytes[i];
    position_ += kCount;
    return value;
  }
  void Fail() {
    ok_ = false;
    position_ = bytes_.size();
  }

  Bytes bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace millrace
