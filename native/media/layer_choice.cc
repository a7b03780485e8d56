#include "media/layer_choice.h"

#include <algorithm>

namespace millrace {
namespace {

// How often a packet looks whether other layers have fallen silent.
constexpr Duration kCheckInterval = Duration::Millis(100);

bool Has(SpatialLayerSet set, int layer) { return (set >> layer & 1) != 0; }

LayerCounts Clamp(LayerCounts counts) {
  return {std::clamp<uint8_t>(counts.spatial, 1, LayerCounts::kMax),
          std::clamp<uint8_t>(counts.temporal, 1, LayerCounts::kMax)};
}

}  // namespace

LayerChoice::LayerChoice(LayerCounts counts)
    : counts_(Clamp(counts)),
      preferred_(counts_.highest()),
      allowed_(counts_.highest()),
      aimed_preferred_(preferred_),
      aimed_allowed_(allowed_) {}

Layers LayerChoice::Prefer(uint8_t spatial, std::optional<uint8_t> temporal) {
  Layers highest = counts_.highest();
  preferred_ = {std::min(spatial, highest.spatial),
                std::min(temporal.value_or(highest.temporal), highest.temporal)};
  return preferred_;
}

bool LayerChoice::Aim(SpatialLayerSet live) {
  std::optional<Layers> target = Choose(live);
  bool moved = target != target_;
  if (moved) cause_ = CauseOfAim(live);
  target_ = target;
  aimed_live_ = live;
  aimed_preferred_ = preferred_;
  aimed_allowed_ = allowed_;
  return moved;
}

LayerCause LayerChoice::CauseOfAim(SpatialLayerSet live) const {
  if (live == 0) return LayerCause::kEnd;
  if (aimed_live_ == 0) return LayerCause::kBegin;
  if (allowed_ != aimed_allowed_) return LayerCause::kBandwidth;
  if (preferred_ != aimed_preferred_) return LayerCause::kPreference;
  bool lost = (aimed_live_ & ~live) != 0;
  return lost ? LayerCause::kStreamStopped : LayerCause::kStreamStarted;
}

bool LayerChoice::SetCurrent(std::optional<Layers> current) {
  if (current == current_) return false;
  current_ = current;
  return true;
}

// The preferred spatial layer, or the nearest one below, or, so that there is a picture at all, the
// nearest one above.
std::optional<Layers> LayerChoice::Choose(SpatialLayerSet live) const {
  if (!allowed_) return std::nullopt;
  Layers highest = counts_.highest();
  int limit = std::min(allowed_->spatial, highest.spatial);
  int spatial = std::min<int>(preferred_.spatial, limit);
  while (spatial >= 0 && !Has(live, spatial)) --spatial;
  if (spatial < 0) {
    spatial = preferred_.spatial;
    while (spatial <= limit && !Has(live, spatial)) ++spatial;
    if (spatial > limit) return std::nullopt;
  }
  Layers chosen{static_cast<uint8_t>(spatial), preferred_.temporal};
  // Fewer pixels than wished for are made up for by all the pictures there are; more than wished
  // for cost as little as they can.
  if (chosen.spatial < preferred_.spatial) chosen.temporal = highest.temporal;
  if (chosen.spatial > preferred_.spatial) chosen.temporal = 0;
  return std::min(chosen, *allowed_);
}

bool LayerPresence::Seen(uint8_t layer, Timestamp now) {
  if (layer >= LayerCounts::kMax) return false;
  last_[layer] = now;
  SpatialLayerSet before = live_;
  live_ = static_cast<SpatialLayerSet>(live_ | 1u << layer);
  if (now >= next_check_) {
    next_check_ = now + kCheckInterval;
    for (size_t i = 0; i < last_.size(); ++i) {
      if (now - last_[i] > kSilence) live_ = static_cast<SpatialLayerSet>(live_ & ~(1u << i));
    }
  }
  return live_ != before;
}

bool LayerPresence::Stop(uint8_t layer) {
  if (layer >= LayerCounts::kMax || !Has(live_, layer)) return false;
  live_ = static_cast<SpatialLayerSet>(live_ & ~(1u << layer));
  return true;
}

LayerBitrates::LayerBitrates(Stacking stacking, LayerCounts counts)
    : stacking_(stacking), counts_(Clamp(counts)) {}

void LayerBitrates::Add(Layers of_packet, size_t bytes, Timestamp now) {
  if (of_packet > counts_.highest() || of_packet.temporal >= counts_.temporal) return;
  rates_[size_t{of_packet.spatial} * LayerCounts::kMax + of_packet.temporal].Add(bytes, now);
}

uint64_t LayerBitrates::BitsPerSecond(Layers layers, Timestamp now) const {
  layers.spatial = std::min(layers.spatial, counts_.highest().spatial);
  layers.temporal = std::min(layers.temporal, counts_.highest().temporal);
  // A layer that does not arrive cannot be chosen, whatever those below it cost.
  if (At(layers.spatial, layers.temporal).BitsPerSecond(now) == 0) return 0;
  uint64_t sum = 0;
  uint8_t lowest = stacking_ == Stacking::kSvc ? 0 : layers.spatial;
  for (uint8_t spatial = lowest; spatial <= layers.spatial; ++spatial) {
    for (uint8_t temporal = 0; temporal <= layers.temporal; ++temporal) {
      sum += At(spatial, temporal).BitsPerSecond(now);
    }
  }
  return sum;
}

std::optional<Layers> LayerBitrates::Above(std::optional<Layers> layers, Timestamp now) const {
  for (uint8_t spatial = 0; spatial < counts_.spatial; ++spatial) {
    for (uint8_t temporal = 0; temporal < counts_.temporal; ++temporal) {
      Layers choice{spatial, temporal};
      if (layers && choice <= *layers) continue;
      if (BitsPerSecond(choice, now) > 0) return choice;
    }
  }
  return std::nullopt;
}

}  // namespace millrace
