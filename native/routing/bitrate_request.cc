#include "routing/bitrate_request.h"

namespace millrace {

BitrateRequest BitrateRequest::ForLayers(const LayerChoice& choice, const LayerBitrates& bitrates,
                                         uint8_t priority, Timestamp now) {
  BitrateRequest request;
  request.priority_ = priority;
  Layers preferred = choice.preferred();
  LayerCounts counts = choice.counts();
  // Where a source has more choices than the allocator takes, each spatial layer has its least and
  // its most.
  size_t choices = size_t{preferred.spatial + 1u} * counts.temporal;
  bool all = choices <= AllocationRequest::kLayersMax;
  for (uint8_t spatial = 0; spatial <= preferred.spatial; ++spatial) {
    uint8_t highest = spatial < preferred.spatial ? counts.highest().temporal : preferred.temporal;
    for (uint8_t temporal = 0; temporal <= highest; ++temporal) {
      if (!all && temporal != 0 && temporal != highest) continue;
      Layers layers{spatial, temporal};
      request.Add(layers, bitrates.BitsPerSecond(layers, now));
    }
  }
  if (request.unknown_) {
    // More than preferred is better than no picture.
    std::optional<Layers> above = bitrates.Above(std::nullopt, now);
    request.count_ = 0;
    if (above) request.Add(*above, bitrates.BitsPerSecond(*above, now));
  }
  for (size_t i = 0; choice.current() && i < request.count_; ++i) {
    if (request.layers_[i] <= *choice.current()) request.current_ = static_cast<uint8_t>(i + 1);
  }
  return request;
}

BitrateRequest BitrateRequest::ForStream(uint64_t bps, uint8_t priority) {
  BitrateRequest request;
  request.priority_ = priority;
  request.Add({}, bps);
  request.current_ = bps > 0 ? 1 : 0;
  return request;
}

std::optional<Layers> BitrateRequest::LayersOf(uint8_t granted) const {
  if (granted == 0 || granted > count_) return std::nullopt;
  return layers_[granted - 1u];
}

void BitrateRequest::Add(Layers layers, uint64_t bps) {
  if (count_ == bps_.size()) return;
  layers_[count_] = layers;
  bps_[count_] = bps;
  ++count_;
  unknown_ = unknown_ && bps == 0;
}

}  // namespace millrace
