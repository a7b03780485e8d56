#include <ctime>

#include "io/clock.h"

namespace millrace {

namespace {

int64_t ReadMicros(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
}

}  // namespace

Timestamp MonotonicNow() { return Timestamp::Micros(ReadMicros(CLOCK_MONOTONIC)); }

Duration WallToMonotonic() {
  int64_t wall = ReadMicros(CLOCK_REALTIME);
  return Duration::Micros(ReadMicros(CLOCK_MONOTONIC) - wall);
}

}  // namespace millrace
