#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/bwe/bitrate_allocator.h"
#include "media/layer_choice.h"

namespace millrace {

// What one consumer could use of the bandwidth, layer by layer, and which layers the allocator's
// answer means. A consumer without layers asks for its one stream.
class BitrateRequest {
 public:
  // The choices of layers up to the preferred one that `bitrates` knows, the least first. If none
  // of these arrives, the least that does.
  static BitrateRequest ForLayers(const LayerChoice& choice, const LayerBitrates& bitrates,
                                  uint8_t priority, Timestamp now);
  static BitrateRequest ForStream(uint64_t bps, uint8_t priority);

  // For the allocator; valid as long as this is.
  [[nodiscard]] AllocationRequest request() const {
    return {.priority = priority_, .layer_bps = std::span(bps_).first(count_), .current = current_};
  }
  // The highest layers that so many granted ones mean; nothing for none.
  [[nodiscard]] std::optional<Layers> LayersOf(uint8_t granted) const;
  // Nothing of the source arrives, so there is nothing to grant or to refuse yet.
  [[nodiscard]] bool unknown() const { return unknown_; }

 private:
  void Add(Layers layers, uint64_t bps);

  uint8_t priority_ = 1;
  uint8_t current_ = 0;
  size_t count_ = 0;
  bool unknown_ = true;
  std::array<uint64_t, AllocationRequest::kLayersMax> bps_{};
  std::array<Layers, AllocationRequest::kLayersMax> layers_{};
};

}  // namespace millrace
