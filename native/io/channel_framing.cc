#include "io/channel_framing.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace millrace {

namespace {

// A buffer that one large frame has grown is given back once it is empty.
constexpr size_t kKeptBytesMax = 1024 * 1024;

uint32_t ReadPrefix(const uint8_t* at) {
  return uint32_t{at[0]} | uint32_t{at[1]} << 8 | uint32_t{at[2]} << 16 | uint32_t{at[3]} << 24;
}

}  // namespace

MutableBytes ChannelFraming::Space() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.size() > kKeptBytesMax) std::vector<uint8_t>().swap(buffer_);
  }
  if (buffer_.size() - end_ < kReadBytes && begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kReadBytes) {
    buffer_.resize(std::max(buffer_.size() * 2, end_ + kReadBytes));
  }
  return MutableBytes(buffer_).subspan(end_);
}

void ChannelFraming::Took(size_t count) {
  CHECK(count <= buffer_.size() - end_, "bytes are read into the space that was given");
  end_ += count;
}

Bytes ChannelFraming::Next() {
  size_t available = end_ - begin_;
  if (broken_ || available < kPrefixBytes) return {};
  size_t size = size_t{ReadPrefix(buffer_.data() + begin_)} + kPrefixBytes;
  if (size > kFrameBytesMax) {
    broken_ = true;
    return {};
  }
  if (available < size) return {};
  Bytes frame = Bytes(buffer_).subspan(begin_, size);
  begin_ += size;
  if (reinterpret_cast<uintptr_t>(frame.data()) % kFrameAlignment == 0) return frame;
  aligned_.assign(frame.begin(), frame.end());
  return aligned_;
}

}  // namespace millrace
