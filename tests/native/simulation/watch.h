#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "simulation/call.h"
#include "simulation/scenario.h"

namespace millrace {

// Under the sanitizers time passes slowly, and less of it is simulated.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr int64_t kLongWatchDivisor = 3;
#else
inline constexpr int64_t kLongWatchDivisor = 1;
#endif

// Runs a call for a while and tells how the picture fared: the figures of a scenario.
class Watch {
 public:
  explicit Watch(Call& call) : Watch(call.simulation, call.video, call.seen) {}
  Watch(Simulation& simulation, size_t producer, size_t consumer);

  // Watches the packets that are sent in `duration` from now, until the last has had time to come.
  [[nodiscard]] Figures For(Duration duration);
  // Of the packets since the beginning, some of which may still be under way.
  [[nodiscard]] Figures UntilNow() const;

 private:
  struct Counts {
    uint64_t arrived = 0;
    uint64_t nacked = 0;
    uint64_t key_frame_requests = 0;
    uint64_t sent = 0;
    uint64_t resent = 0;
  };
  [[nodiscard]] Counts Now() const;
  [[nodiscard]] Figures Of(Timestamp to) const;

  Simulation& simulation_;
  size_t producer_;
  size_t consumer_;
  Timestamp from_;
  Counts before_;
};

}  // namespace millrace
