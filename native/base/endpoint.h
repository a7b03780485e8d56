#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/strong.h"

namespace millrace {

// An IP address in 16 bytes; IPv4 stands as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2), so that both
// families compare and hash alike.
class IpAddress {
 public:
  constexpr IpAddress() = default;
  constexpr explicit IpAddress(const std::array<uint8_t, 16>& bytes) : bytes_(bytes) {}
  // Four bytes in network order.
  [[nodiscard]] static IpAddress FromV4(const std::array<uint8_t, 4>& bytes);
  // A literal address. Names are never resolved: a peer must not make the worker ask a resolver.
  [[nodiscard]] static std::optional<IpAddress> Parse(std::string_view text);

  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_multicast() const;
  [[nodiscard]] const std::array<uint8_t, 16>& bytes() const { return bytes_; }
  [[nodiscard]] std::string ToString() const;
  auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<uint8_t, 16> bytes_{};
};

// An address and a port.
struct Endpoint {
  IpAddress address;
  uint16_t port = 0;

  [[nodiscard]] std::string ToString() const;
  auto operator<=>(const Endpoint&) const = default;
};

// Where a datagram came from or goes to: one of our sockets and the endpoint on the other side. A
// TCP connection is a socket of its own, and its remote endpoint never changes.
struct Path {
  SocketId socket;
  Endpoint remote;

  auto operator<=>(const Path&) const = default;
};

}  // namespace millrace

template <>
struct std::hash<millrace::Path> {
  size_t operator()(const millrace::Path& path) const noexcept {
    uint64_t high = 0;
    uint64_t low = 0;
    std::memcpy(&high, path.remote.address.bytes().data(), 8);
    std::memcpy(&low, path.remote.address.bytes().data() + 8, 8);
    uint64_t mixed = high * 0x9E3779B97F4A7C15u ^ low;
    mixed ^= (uint64_t{path.remote.port} << 32) | path.socket.value();
    mixed *= 0xD6E8FEB86659FD93u;
    return static_cast<size_t>(mixed ^ (mixed >> 32));
  }
};
