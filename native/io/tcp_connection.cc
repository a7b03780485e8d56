#include "io/tcp_connection.h"

#include <sys/socket.h>

#include <cerrno>
#include <limits>

namespace millrace {

bool TcpConnection::Read(Timestamp now) {
  MutableBytes space = framing_.Space();
  ssize_t count;
  do {
    count = recv(descriptor_.get(), space.data(), space.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
  if (count == 0) return false;
  bool began = !framing_.in_frame();
  framing_.Took(static_cast<size_t>(count));
  if (began) frame_began_ = now;
  return true;
}

MutableBytes TcpConnection::NextDatagram(Timestamp now) {
  MutableBytes datagram = framing_.Next();
  if (!framing_.in_frame()) frame_began_ = Timestamp::Never();
  if (datagram.empty()) return {};
  if (framing_.in_frame()) frame_began_ = now;
  last_datagram_ = now;
  had_datagram_ = true;
  return datagram;
}

bool TcpConnection::Append(Bytes datagram) {
  bool fits = datagram.size() <= std::numeric_limits<uint16_t>::max() &&
              unwritten() + datagram.size() + TcpFraming::kPrefixBytes <= kUnwrittenBytesMax;
  if (!fits) return false;
  unwritten_.push_back(static_cast<uint8_t>(datagram.size() >> 8));
  unwritten_.push_back(static_cast<uint8_t>(datagram.size()));
  unwritten_.insert(unwritten_.end(), datagram.begin(), datagram.end());
  return true;
}

bool TcpConnection::Write() {
  while (unwritten() > 0) {
    ssize_t count =
        send(descriptor_.get(), unwritten_.data() + written_, unwritten(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return false;
    if (count < 0) break;
    written_ += static_cast<size_t>(count);
  }
  // At most kUnwrittenBytesMax are moved, and only when the kernel took something and then no more.
  unwritten_.erase(unwritten_.begin(), unwritten_.begin() + static_cast<ptrdiff_t>(written_));
  written_ = 0;
  return true;
}

bool TcpConnection::expired(Timestamp now) const {
  if (framing_.broken()) return true;
  if (!had_datagram_ && now - opened_ > kFirstDatagramMax) return true;
  if (frame_began_ != Timestamp::Never() && now - frame_began_ > kFrameMax) return true;
  return now - last_datagram_ > kIdleMax;
}

}  // namespace millrace
