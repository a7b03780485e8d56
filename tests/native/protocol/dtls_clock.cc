#include "protocol/dtls_clock.h"

#include <sys/time.h>

#include <algorithm>

namespace millrace {
namespace {

// Anything after the epoch; it stands still unless a test moves it.
Timestamp current = Timestamp::Millis(1'700'000'000'000);

}  // namespace

Timestamp DtlsClock::now() { return current; }

void DtlsClock::AdvanceTo(Timestamp time) { current = std::max(current, time); }

}  // namespace millrace

extern "C" __attribute__((visibility("default"))) int gettimeofday(timeval* time, void*) noexcept {
  int64_t us = millrace::DtlsClock::now().us();
  time->tv_sec = us / 1'000'000;
  time->tv_usec = us % 1'000'000;
  return 0;
}
