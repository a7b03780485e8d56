#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include "io/udp_socket.h"

namespace millrace {

bool KernelSegmentsUdp() {
  FileDescriptor probe(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  int segment_bytes = 1200;
  return probe.valid() && setsockopt(probe.get(), IPPROTO_UDP, UDP_SEGMENT, &segment_bytes,
                                     sizeof(segment_bytes)) == 0;
}

}  // namespace millrace
