#pragma once

#include "base/random.h"

namespace millrace {

// Bytes from the operating system that nobody can guess. Ends the program when there are none: a
// worker with guessable keys is worse than no worker.
[[nodiscard]] Random::Seed ReadEntropy();

}  // namespace millrace
