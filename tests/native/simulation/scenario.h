#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/time.h"

namespace millrace {

// What came of one run of a scenario. A figure that a scenario does not have is left out.
struct Figures {
  size_t packets = 0;                   // that the source sent while it was watched
  std::optional<double> late_500_ms{};  // share of them that was not there 500 ms after it was sent
  std::optional<double> late_1500_ms{};  // likewise, 1.5 s
  std::optional<Duration> freeze{};      // the longest time without a new picture
  std::optional<double> key_frames{};    // requests for key frames that the source was sent
  std::optional<double> asked{};       // packets that the worker asked the source for again, share
  std::optional<double> resent{};      // packets that the worker sent to the viewer again, share
  std::optional<Duration> recovery{};  // from the end of the trouble to a new picture
  std::string note{};                  // what has no column
};

// What a scenario must come to; each figure at most. What is left out may be anything.
struct Goal {
  std::optional<double> late_500_ms{};
  std::optional<double> late_1500_ms{};
  std::optional<Duration> freeze{};
  std::optional<double> key_frames{};
  std::optional<double> asked{};
  std::optional<Duration> recovery{};
};

// One thing that a network, a peer or a controller does to a call, and what must hold. The laws of
// the simulation hold in each; what else a scenario needs its play expects by itself.
struct Scenario {
  const char* name = "";
  const char* rows = "";  // which rows of the list of faults it shows
  const char* story = "";
  std::function<Figures(uint64_t seed)> play{};
  Goal goal{};
};

// For gtest.
void PrintTo(const Scenario& scenario, std::ostream* out);

// All of them, in the order of the page.
[[nodiscard]] const std::vector<Scenario>& Scenarios();

}  // namespace millrace
