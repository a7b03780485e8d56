#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace millrace {

// A span of time in whole microseconds.
class Duration {
 public:
  constexpr Duration() = default;
  [[nodiscard]] static constexpr Duration Micros(int64_t us) { return Duration(us); }
  [[nodiscard]] static constexpr Duration Millis(int64_t ms) { return Duration(ms * 1000); }
  [[nodiscard]] static constexpr Duration Seconds(int64_t s) { return Duration(s * 1'000'000); }

  [[nodiscard]] constexpr int64_t us() const { return us_; }
  [[nodiscard]] constexpr int64_t ms() const { return us_ / 1000; }
  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(us_) / 1e6; }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration other) const { return Duration(us_ + other.us_); }
  constexpr Duration operator-(Duration other) const { return Duration(us_ - other.us_); }
  constexpr Duration operator*(int64_t factor) const { return Duration(us_ * factor); }
  constexpr Duration operator/(int64_t divisor) const { return Duration(us_ / divisor); }

 private:
  constexpr explicit Duration(int64_t us) : us_(us) {}
  int64_t us_ = 0;
};

// A point on the monotonic clock of whoever drives the worker, in microseconds. Comes in as an
// argument everywhere; 64 bits never wrap, so no code has to compare modulo anything.
class Timestamp {
 public:
  constexpr Timestamp() = default;
  [[nodiscard]] static constexpr Timestamp Micros(int64_t us) { return Timestamp(us); }
  [[nodiscard]] static constexpr Timestamp Millis(int64_t ms) { return Timestamp(ms * 1000); }
  // Later than everything: the deadline of somebody who waits for nothing.
  [[nodiscard]] static constexpr Timestamp Never() {
    return Timestamp(std::numeric_limits<int64_t>::max());
  }

  [[nodiscard]] constexpr int64_t us() const { return us_; }
  [[nodiscard]] constexpr int64_t ms() const { return us_ / 1000; }

  constexpr auto operator<=>(const Timestamp&) const = default;
  constexpr Timestamp operator+(Duration d) const { return Timestamp(us_ + d.us()); }
  constexpr Timestamp operator-(Duration d) const { return Timestamp(us_ - d.us()); }
  constexpr Duration operator-(Timestamp other) const { return Duration::Micros(us_ - other.us_); }

 private:
  constexpr explicit Timestamp(int64_t us) : us_(us) {}
  int64_t us_ = 0;
};

}  // namespace millrace
