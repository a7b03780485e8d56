#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>

namespace millrace {

// Serial number arithmetic, RFC 1982: whether `a` comes after `b` on the circle of T.
template <typename T>
[[nodiscard]] constexpr bool IsNewer(T a, T b) {
  static_assert(std::is_unsigned_v<T>);
  constexpr T kHalf = static_cast<T>(T{1} << (sizeof(T) * 8 - 1));
  T distance = static_cast<T>(a - b);
  if (distance == kHalf) return a > b;
  return distance != 0 && distance < kHalf;
}

// Continues a wrapping counter without end: each value is placed nearest to the newest one.
template <typename T>
class SequenceUnwrapper {
 public:
  int64_t Unwrap(T value) {
    int64_t result = Peek(value);
    if (!last_ || result > *last_) last_ = result;
    return result;
  }

  // What Unwrap would answer, without remembering it.
  [[nodiscard]] int64_t Peek(T value) const {
    if (!last_) return static_cast<int64_t>(value);
    T newest = static_cast<T>(*last_);
    if (IsNewer(value, newest)) return *last_ + static_cast<T>(value - newest);
    return *last_ - static_cast<T>(newest - value);
  }

  [[nodiscard]] std::optional<int64_t> last() const { return last_; }
  void Reset() { last_.reset(); }

 private:
  std::optional<int64_t> last_;
};

}  // namespace millrace
