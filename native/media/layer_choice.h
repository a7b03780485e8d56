#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/layer_cause.h"
#include "base/time.h"
#include "media/rate_counter.h"

namespace millrace {

// A spatial layer (in simulcast: an encoding) and the highest temporal layer of it. Compared by
// quality: more pixels before more pictures.
struct Layers {
  uint8_t spatial = 0;
  uint8_t temporal = 0;

  auto operator<=>(const Layers&) const = default;
};

// How many layers a source has of each kind.
struct LayerCounts {
  // RFC 9628 section 4.2: three bits each for TID and SID; no source of any codec has more.
  static constexpr uint8_t kMax = 8;

  uint8_t spatial = 1;
  uint8_t temporal = 1;

  [[nodiscard]] Layers highest() const {
    return {static_cast<uint8_t>(spatial - 1), static_cast<uint8_t>(temporal - 1)};
  }
};

// A set of spatial layers, one bit each.
using SpatialLayerSet = uint8_t;

// Which layers one consumer is to get: what its viewer prefers, what bandwidth allows, what can be
// had now (the target), and what is forwarded (the current ones). Decides the target only; going
// over to it is a selector's work.
class LayerChoice {
 public:
  // Everything is preferred and allowed. Counts beyond 1..kMax are taken as the nearest of these.
  explicit LayerChoice(LayerCounts counts);

  // The viewer's wish; layers that do not exist mean the highest, and so does no temporal layer.
  // Returns what is preferred now.
  Layers Prefer(uint8_t spatial, std::optional<uint8_t> temporal);
  // The allocator's answer: the highest layers there is bandwidth for; nothing: none at all.
  void Allow(std::optional<Layers> highest) { allowed_ = highest; }
  // Chooses the target anew; `live` are the spatial layers whose packets arrive. True: it changed.
  bool Aim(SpatialLayerSet live);
  // True: they changed, and the controller is to be told.
  bool SetCurrent(std::optional<Layers> current);

  [[nodiscard]] LayerCounts counts() const { return counts_; }
  [[nodiscard]] Layers preferred() const { return preferred_; }
  [[nodiscard]] std::optional<Layers> allowed() const { return allowed_; }
  [[nodiscard]] std::optional<Layers> target() const { return target_; }
  [[nodiscard]] std::optional<Layers> current() const { return current_; }
  // Why the target is what it is.
  [[nodiscard]] LayerCause cause() const { return cause_; }

 private:
  [[nodiscard]] std::optional<Layers> Choose(SpatialLayerSet live) const;
  [[nodiscard]] LayerCause CauseOfAim(SpatialLayerSet live) const;

  LayerCounts counts_;
  Layers preferred_;
  std::optional<Layers> allowed_;
  // What the last Aim saw.
  SpatialLayerSet aimed_live_ = 0;
  Layers aimed_preferred_;
  std::optional<Layers> aimed_allowed_;
  LayerCause cause_ = LayerCause::kBegin;
  std::optional<Layers> target_;
  std::optional<Layers> current_;
};

// Which spatial layers of a source arrive. A source may stop one of them at any time, without a
// word: its sender lacks the bandwidth, or the processor.
class LayerPresence {
 public:
  // RT-12: a consumer of a layer that stops goes on with another within two seconds, of which a
  // key frame takes a part. Longer than a second, because a shared screen that stands still is sent
  // once a second.
  static constexpr Duration kSilence = Duration::Millis(1200);

  // A packet of the layer has come. True: the set of live layers is another one than before.
  bool Seen(uint8_t layer, Timestamp now);
  // The layer is known to have stopped. True: the set changed.
  bool Stop(uint8_t layer);
  [[nodiscard]] SpatialLayerSet live() const { return live_; }
  void Reset() { *this = LayerPresence(); }

 private:
  SpatialLayerSet live_ = 0;
  Timestamp next_check_;
  std::array<Timestamp, LayerCounts::kMax> last_{};
};

// What each choice of layers costs, for the allocator: one table a producer.
class LayerBitrates {
 public:
  // Costs of different spatial layers add up in one stream (SVC), or each is a stream (simulcast).
  enum class Stacking : uint8_t { kSimulcast, kSvc };

  LayerBitrates(Stacking stacking, LayerCounts counts);

  void Add(Layers of_packet, size_t bytes, Timestamp now);
  // Bits per second of a stream with these layers; 0 for layers that do not arrive. Of a source
  // whose upper layers do without the lower ones (K-SVC) it is an upper bound.
  [[nodiscard]] uint64_t BitsPerSecond(Layers layers, Timestamp now) const;
  // The next better choice that arrives; nothing above the highest. Without `layers`: the lowest.
  [[nodiscard]] std::optional<Layers> Above(std::optional<Layers> layers, Timestamp now) const;

 private:
  [[nodiscard]] const RateCounter& At(uint8_t spatial, uint8_t temporal) const {
    return rates_[size_t{spatial} * LayerCounts::kMax + temporal];
  }

  Stacking stacking_;
  LayerCounts counts_;
  std::array<RateCounter, size_t{LayerCounts::kMax} * LayerCounts::kMax> rates_;
};

}  // namespace millrace
