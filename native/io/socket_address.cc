#include "io/socket_address.h"

#include <cstring>

namespace millrace {

void SocketAddress::Set(const Endpoint& endpoint, bool ipv6) {
  const std::array<uint8_t, 16>& bytes = endpoint.address.bytes();
  if (ipv6) {
    auto* address = reinterpret_cast<sockaddr_in6*>(&storage);
    *address = sockaddr_in6{};
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(endpoint.port);
    std::memcpy(&address->sin6_addr, bytes.data(), 16);
    size = sizeof(sockaddr_in6);
    return;
  }
  auto* address = reinterpret_cast<sockaddr_in*>(&storage);
  *address = sockaddr_in{};
  // An IPv6 peer cannot be reached from an IPv4 socket; the kernel refuses the family it is told.
  address->sin_family = endpoint.address.is_v4() ? AF_INET : AF_INET6;
  address->sin_port = htons(endpoint.port);
  std::memcpy(&address->sin_addr, bytes.data() + 12, 4);
  size = sizeof(sockaddr_in);
}

Endpoint ToEndpoint(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET6) {
    const auto* address = reinterpret_cast<const sockaddr_in6*>(&storage);
    std::array<uint8_t, 16> bytes;
    std::memcpy(bytes.data(), &address->sin6_addr, 16);
    return {IpAddress(bytes), ntohs(address->sin6_port)};
  }
  const auto* address = reinterpret_cast<const sockaddr_in*>(&storage);
  std::array<uint8_t, 4> bytes;
  std::memcpy(bytes.data(), &address->sin_addr, 4);
  return {IpAddress::FromV4(bytes), ntohs(address->sin_port)};
}

}  // namespace millrace
