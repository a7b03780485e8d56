#pragma once

#include <cstdint>
#include <type_traits>

namespace millrace {

// The number that a wrapping counter's value stands for: of all that look like `wire`, the one
// nearest to `reference`. Inside the association every TSN and sequence number is such an endless
// one, so that plain comparison is right (RFC 9260 section 1.6 compares modulo 2^32 instead).
template <typename T>
[[nodiscard]] constexpr int64_t UnwrapNear(T wire, int64_t reference) {
  static_assert(std::is_unsigned_v<T>);
  T distance = static_cast<T>(wire - static_cast<T>(reference));
  return reference + static_cast<std::make_signed_t<T>>(distance);
}

// Where endless numbering begins: one turn above zero, so that nothing is ever negative.
[[nodiscard]] constexpr int64_t FirstUnwrapped(uint32_t initial) {
  return (int64_t{1} << 32) + initial;
}

}  // namespace millrace
