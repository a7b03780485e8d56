#pragma once

#include <cstdint>
#include <string>

#include "simulation/scenario.h"

namespace millrace {

// The figures of all scenarios that were played, as a table in Markdown. `--figures` prints it at
// the end of the run; docs/SIMULATION.md holds one.
class ScenarioReport {
 public:
  static void Add(const Scenario& scenario, uint64_t seed, const Figures& figures);
  static void Print();
  // The line of one run, for the console.
  [[nodiscard]] static std::string Line(const Scenario& scenario, uint64_t seed,
                                        const Figures& figures);
};

}  // namespace millrace
