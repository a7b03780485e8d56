#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"

namespace millrace {

// Cuts a TCP stream into the datagrams it stands for.
// RFC 4571 section 2: "LENGTH, a 16-bit unsigned integer (in network byte order), is the length of
// the octets of the RTP or RTCP packet"; ICE over TCP frames STUN and DTLS alike (RFC 6544 section
// 3).
class TcpFraming {
 public:
  // As for UDP: media, STUN and DTLS records stay below it. A peer that announces more is cut off.
  static constexpr size_t kDatagramBytesMax = 2048;
  static constexpr size_t kPrefixBytes = 2;

  // Where the next bytes may be written, never empty after Next has answered with nothing; and how
  // many of them were.
  [[nodiscard]] MutableBytes Space();
  void Took(size_t count) { end_ += count; }

  // The next whole datagram, or nothing yet; valid until Space is called. Empty frames are passed
  // over: they carry nothing.
  [[nodiscard]] MutableBytes Next();

  // A frame has begun that is not whole yet.
  [[nodiscard]] bool in_frame() const { return end_ > begin_; }
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  // Two frames of the largest kind.
  std::array<uint8_t, 2 * (kPrefixBytes + kDatagramBytesMax)> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool broken_ = false;
};

}  // namespace millrace
