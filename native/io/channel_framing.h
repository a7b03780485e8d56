#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/byte_reader.h"

namespace millrace {

// Cuts the channel's byte stream into frames, however the bytes were cut on their way.
//     frame = u32 little-endian length, then that many bytes
// Memory grows with bytes that came, never with a length that was only announced.
class ChannelFraming {
 public:
  // The channel's limit, with the prefix.
  static constexpr size_t kFrameBytesMax = 8'388'608;
  static constexpr size_t kPrefixBytes = 4;
  // At least so much is free for each read: one pipe's capacity.
  static constexpr size_t kReadBytes = 65'536;

  // Where the next bytes may be written, and how many of them were.
  [[nodiscard]] MutableBytes Space();
  void Took(size_t count);

  // The next whole frame with its prefix, or nothing yet. It stands at a multiple of eight, as the
  // FlatBuffer in it was laid out for, and is valid until the next call of anything here.
  [[nodiscard]] Bytes Next();

  // A prefix announced more than a frame may have; where the next frame begins is then unknown.
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  static constexpr size_t kFrameAlignment = 8;

  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::vector<uint8_t> aligned_;
  bool broken_ = false;
};

}  // namespace millrace
