#pragma once

#include <cstdint>
#include <utility>

#include "io/bound_socket.h"
#include "io/file_descriptor.h"

namespace millrace {

// One bound UDP socket and what was learnt about it: whether the kernel (or the device below) cuts
// large sends into datagrams for it.
class UdpSocket {
 public:
  // So many refused segmented sends in a row, without one that went through, end the attempts.
  static constexpr uint32_t kSegmentRefusalsMax = 16;

  UdpSocket(BoundSocket socket, bool segments)
      : descriptor_(std::move(socket.descriptor)), ipv6_(socket.ipv6), segments_(segments) {}

  void CountSegmentsSent() { refusals_ = 0; }
  void CountSegmentsRefused() {
    if (++refusals_ >= kSegmentRefusalsMax) segments_ = false;
  }

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] bool ipv6() const { return ipv6_; }
  [[nodiscard]] bool segments() const { return segments_; }

 private:
  FileDescriptor descriptor_;
  bool ipv6_;
  bool segments_;
  uint32_t refusals_ = 0;
};

// Whether this kernel knows UDP_SEGMENT (Linux 4.18 and later).
[[nodiscard]] bool KernelSegmentsUdp();

}  // namespace millrace
