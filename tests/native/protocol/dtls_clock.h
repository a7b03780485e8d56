#pragma once

#include "base/time.h"

namespace millrace {

// OpenSSL reads the wall clock for its timers. The tests' own gettimeofday (dtls_clock.cc), which
// the dynamic linker prefers to the C library's, answers the time of this clock instead, so that
// seconds of retransmissions pass without waiting for any.
class DtlsClock {
 public:
  [[nodiscard]] static Timestamp now();
  static void AdvanceTo(Timestamp time);
};

}  // namespace millrace
