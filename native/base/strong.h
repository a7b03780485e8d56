#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace millrace {

// A number that cannot be mistaken for another one: arguments of different meaning do not swap.
template <typename Tag, typename T>
class Strong {
 public:
  constexpr Strong() = default;
  constexpr explicit Strong(T value) : value_(value) {}

  [[nodiscard]] constexpr T value() const { return value_; }
  constexpr auto operator<=>(const Strong&) const = default;

 private:
  T value_{};
};

// Synchronization source of an RTP stream, RFC 3550 section 3.
using Ssrc = Strong<struct SsrcTag, uint32_t>;

// Number of a socket (or of an accepted TCP connection) that the io edge owns. Never reused.
using SocketId = Strong<struct SocketIdTag, uint32_t>;

}  // namespace millrace

template <typename Tag, typename T>
struct std::hash<millrace::Strong<Tag, T>> {
  size_t operator()(millrace::Strong<Tag, T> value) const noexcept {
    return std::hash<T>()(value.value());
  }
};
