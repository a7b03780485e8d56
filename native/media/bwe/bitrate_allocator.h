#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "media/bwe/bitrate.h"

namespace millrace {

// What one consumer could use.
struct AllocationRequest {
  static constexpr size_t kLayersMax = 24;  // three spatial by eight temporal

  uint8_t priority = 1;  // 1 to 255, the greatest first
  // What the stream takes when sent up to each layer, ascending; 0: the layer is not there now. A
  // stream without layers is one layer. Only layers up to the preferred one stand here.
  std::span<const uint64_t> layer_bps = {};
  // The layer that is sent now, counted from 1; 0: none.
  uint8_t current = 0;
};

// What one consumer gets: the number of layers, 0 for none, and what they take.
struct AllocationGrant {
  uint8_t layers = 0;
  uint64_t bps = 0;
};

// The sums over all consumers.
struct AllocationTotal {
  uint64_t granted_bps = 0;
  uint64_t wanted_bps = 0;  // if all had their highest layer
};

// Shares the available bitrate among consumers: one layer a round, those of greater priority first,
// until nobody can have one more. So everybody has a lowest layer before anybody has a second one.
// A layer that is not sent yet has to fit with a margin, so that a rate that wavers around a
// layer's own does not switch it on and off; one that is sent may lack a little, since its rate is
// an average in which a key frame counts as much as a second of pictures. The lowest of several
// layers may lack much more: an estimate that fell too far must not cost the picture.
class BitrateAllocator {
 public:
  static constexpr size_t kConsumersMax = 4096;
  static constexpr double kMargin = 1.1;
  static constexpr double kKeep = 0.85;
  static constexpr double kBeginLowest = 0.8;
  static constexpr double kKeepLowest = 0.5;

  // `grants` is as long as `requests`, and answers in the same order. Of more consumers than
  // kConsumersMax the rest gets nothing.
  AllocationTotal Share(uint64_t available_bps, std::span<const AllocationRequest> requests,
                        std::span<AllocationGrant> grants);

 private:
  std::vector<uint16_t> order_;
};

}  // namespace millrace
