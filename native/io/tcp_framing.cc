#include "io/tcp_framing.h"

#include <cstring>

namespace millrace {

MutableBytes TcpFraming::Space() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return MutableBytes(buffer_).subspan(end_);
}

MutableBytes TcpFraming::Next() {
  while (!broken_ && end_ - begin_ >= kPrefixBytes) {
    size_t size = size_t{buffer_[begin_]} << 8 | buffer_[begin_ + 1];
    if (size > kDatagramBytesMax) {
      broken_ = true;
      break;
    }
    if (end_ - begin_ < kPrefixBytes + size) break;
    MutableBytes datagram = MutableBytes(buffer_).subspan(begin_ + kPrefixBytes, size);
    begin_ += kPrefixBytes + size;
    if (size > 0) return datagram;
  }
  return {};
}

}  // namespace millrace
