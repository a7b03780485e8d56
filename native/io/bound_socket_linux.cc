#include <netinet/tcp.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "io/bound_socket.h"
#include "io/socket_address.h"

namespace millrace {

namespace {

// Connections that wait to be accepted; the kernel cuts it to net.core.somaxconn.
constexpr int kListenBacklog = 512;

// What a UDP socket may hold when the request does not say. The kernel cuts it to its own maximum.
// The system's usual 208 KiB are filled by one key frame for some 150 receivers on a shared port.
constexpr uint32_t kUdpBufferBytes = 4 * 1024 * 1024;

std::string Describe(const SocketRequest& request) {
  bool udp = request.protocol == SocketRequest::Protocol::kUdp;
  return std::string("[protocol:") + (udp ? "udp" : "tcp") + ", ip:" + request.address.ToString() +
         ", ports:" + std::to_string(request.port_min) + "-" + std::to_string(request.port_max) +
         "]";
}

Error Refusal(const SocketRequest& request, const char* verb, int error) {
  return Error::Of(std::string("cannot ") + verb + " a socket: " + std::strerror(error) + " " +
                   Describe(request));
}

bool SetFlag(int descriptor, int level, int option, int value) {
  return setsockopt(descriptor, level, option, &value, sizeof(value)) == 0;
}

uint32_t ReadBufferSize(int descriptor, int option) {
  int value = 0;
  socklen_t size = sizeof(value);
  if (getsockopt(descriptor, SOL_SOCKET, option, &value, &size) != 0) return 0;
  return static_cast<uint32_t>(value);
}

// 0, or errno.
int Prepare(int descriptor, const SocketRequest& request, bool ipv6) {
  bool udp = request.protocol == SocketRequest::Protocol::kUdp;
  if (ipv6 && !SetFlag(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, request.ipv6_only)) return errno;
  if (udp && request.udp_reuse_port && !SetFlag(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)) {
    return errno;
  }
  // A listener may have its port back although old connections still wait for their end.
  if (!udp && !SetFlag(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)) return errno;
  uint32_t fallback = udp ? kUdpBufferBytes : 0;
  uint32_t send = request.send_buffer != 0 ? request.send_buffer : fallback;
  uint32_t receive = request.receive_buffer != 0 ? request.receive_buffer : fallback;
  if (send != 0) SetFlag(descriptor, SOL_SOCKET, SO_SNDBUF, static_cast<int>(send));
  if (receive != 0) SetFlag(descriptor, SOL_SOCKET, SO_RCVBUF, static_cast<int>(receive));
  // Arrival times by the kernel feed the estimators; without them arrival is when we woke up.
  if (udp) SetFlag(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  return 0;
}

// 0, or errno.
int BindTo(int descriptor, const SocketRequest& request, bool ipv6, uint16_t port) {
  SocketAddress address;
  address.Set({request.address, port}, ipv6);
  if (bind(descriptor, address.get(), address.size) != 0) return errno;
  if (request.protocol == SocketRequest::Protocol::kTcp &&
      listen(descriptor, kListenBacklog) != 0) {
    return errno;
  }
  return 0;
}

uint16_t ReadPort(int descriptor) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  return ToEndpoint(storage).port;
}

}  // namespace

Result<BoundSocket> OpenBoundSocket(const SocketRequest& request, Random& random) {
  if (request.port_min > request.port_max) {
    return Error::Type("the port range is upside down " + Describe(request));
  }
  bool udp = request.protocol == SocketRequest::Protocol::kUdp;
  bool ipv6 = !request.address.is_v4();
  uint32_t count = uint32_t{request.port_max} - request.port_min + 1;
  uint32_t start = random.Below(count);
  BoundSocket socket;
  socket.ipv6 = ipv6;
  for (uint32_t i = 0; i < count; ++i) {
    // A TCP socket whose listen was refused has a port already, so each attempt is a new socket; a
    // UDP socket is simply bound again.
    if (!udp || !socket.descriptor.valid()) {
      int type = (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
      socket.descriptor = FileDescriptor(::socket(ipv6 ? AF_INET6 : AF_INET, type, 0));
      if (!socket.descriptor.valid()) return Refusal(request, "make", errno);
      int error = Prepare(socket.descriptor.get(), request, ipv6);
      if (error != 0) return Refusal(request, "set up", error);
    }
    auto port = static_cast<uint16_t>(request.port_min + (start + i) % count);
    int error = BindTo(socket.descriptor.get(), request, ipv6, port);
    // EACCES: a port below the system's first free one; the others of the range may do.
    if (error == EADDRINUSE || (error == EACCES && count > 1)) continue;
    if (error != 0) return Refusal(request, "bind", error);
    socket.port = ReadPort(socket.descriptor.get());
    socket.send_buffer = ReadBufferSize(socket.descriptor.get(), SO_SNDBUF);
    socket.receive_buffer = ReadBufferSize(socket.descriptor.get(), SO_RCVBUF);
    return socket;
  }
  return Error::Of("no more available ports " + Describe(request));
}

}  // namespace millrace
