#pragma once

#include "base/time.h"

namespace millrace {

// The machine's monotonic clock. Read once a tick; nothing below io/ reads any clock.
[[nodiscard]] Timestamp MonotonicNow();

// What must be added to the kernel's receive times, which stand on the wall clock, to get the
// monotonic clock. Asked for again in every tick, because somebody may set the wall clock.
[[nodiscard]] Duration WallToMonotonic();

}  // namespace millrace
