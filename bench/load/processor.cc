#include "processor.h"

#include <sched.h>

#include <cerrno>
#include <ctime>

namespace millrace {

void PinTo(int processor) {
  if (processor < 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(processor), &set);
  sched_setaffinity(0, sizeof(set), &set);
}

void Rest(Duration duration) {
  timespec time{.tv_sec = duration.us() / 1'000'000, .tv_nsec = duration.us() % 1'000'000 * 1000};
  nanosleep(&time, nullptr);
}

void SleepUntil(Timestamp time) {
  timespec until{.tv_sec = time.us() / 1'000'000, .tv_nsec = time.us() % 1'000'000 * 1000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

}  // namespace millrace
