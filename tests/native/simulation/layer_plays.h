#pragma once

#include <cstdint>
#include <functional>

#include "base/time.h"
#include "simulation/layered_source.h"
#include "simulation/scenario.h"

namespace millrace {

// Plays of scenarios over the packet path alone (routing_world.h): layers, and links that are too
// thin for them.

// The highest spatial layer stops, then the next, and they come back.
[[nodiscard]] std::function<Figures(uint64_t seed)> LayersStop(LayeredKind kind);

// A link of `wide` carries all three layers, and from the 15th second to the 35th `thin` instead.
[[nodiscard]] std::function<Figures(uint64_t seed)> RateDrops(uint64_t wide_bps, uint64_t thin_bps,
                                                              Duration queue);
// The link carries not even the lowest layer for ten seconds.
[[nodiscard]] Figures NothingFits(uint64_t seed);

}  // namespace millrace
