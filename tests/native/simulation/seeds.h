#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "simulation/simulation.h"

namespace millrace {

// The seeds that a scenario runs with: its fixed ones, or the one that --seed=N asks for.
[[nodiscard]] std::vector<uint64_t> Seeds();
void ChooseSeed(uint64_t seed);

// Runs the scenario of the current test with each seed. A failure tells the seed and the line that
// repeats it.
void ForEachSeed(const std::function<void(uint64_t seed)>& scenario);

// All laws were kept in this run, and something happened in it.
void ExpectLawful(const Simulation& simulation);

// One line of figures on the console.
void PrintQuality(const char* what, uint64_t seed, const Quality& quality);

}  // namespace millrace
