#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/endpoint.h"

namespace millrace {

// The kernel's form of an endpoint, for a socket of one family. An IPv4 endpoint on an IPv6 socket
// is written as the mapped address that it already is in an IpAddress.
struct SocketAddress {
  sockaddr_storage storage;
  socklen_t size;

  void Set(const Endpoint& endpoint, bool ipv6);
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

[[nodiscard]] Endpoint ToEndpoint(const sockaddr_storage& storage);

}  // namespace millrace
