#pragma once

#include "base/random.h"
#include "base/result.h"
#include "io/file_descriptor.h"
#include "routing/edge.h"

namespace millrace {

// A non-blocking socket that has its port: a UDP socket ready to receive, or a TCP socket that
// listens.
struct BoundSocket {
  FileDescriptor descriptor;
  bool ipv6 = false;
  uint16_t port = 0;
  uint32_t send_buffer = 0;
  uint32_t receive_buffer = 0;
};

// Takes a free port of the requested range: a random one first, so that an observer cannot guess
// the next, then the ones above it and around. A range of port 0 only lets the system choose.
[[nodiscard]] Result<BoundSocket> OpenBoundSocket(const SocketRequest& request, Random& random);

}  // namespace millrace
