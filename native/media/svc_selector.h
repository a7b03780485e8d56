#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <variant>

#include "base/time.h"
#include "media/dependency_layer_filter.h"
#include "media/dependency_rewriter.h"
#include "media/layer_choice.h"
#include "media/rtp_packet.h"
#include "media/rtp_rewriter.h"
#include "media/selection.h"
#include "media/vp9_layer_filter.h"

namespace millrace {

// Makes the stream of one consumer out of one scalable stream: spatial and temporal layers that
// build on each other. Which layers are wanted follows from the viewer's preference, from bandwidth
// and from what arrives; what can be left out without harm, a filter knows: by the dependency
// descriptor where the packets have one, else by VP9's payload descriptor. A stream that has
// neither is forwarded whole.
// Owns no packet and no numbering of packets: the rewriter is the consumer's, and given.
class SvcSelector {
 public:
  struct Settings {
    LayerCounts counts = {};
    uint8_t stream = 0;  // of the source
    // As in SimulcastSelector.
    uint8_t early_packets_max = 0;
  };

  explicit SvcSelector(const Settings& settings);

  // Every packet of the stream, once. `frame` is what its dependency descriptor says, if any.
  [[nodiscard]] Selection OnPacket(const RtpPacket& packet, const DependencyFrame* frame,
                                   Timestamp now, RtpRewriter& rewriter);
  // The caller leaves this packet out for a reason of its own, instead of OnPacket.
  void Skip(const RtpPacket& packet, RtpRewriter& rewriter);

  // Nothing is forwarded until another key frame: the consumer, the source or the link paused.
  [[nodiscard]] LayersUpdate Stop();
  [[nodiscard]] LayersUpdate Prefer(uint8_t spatial, std::optional<uint8_t> temporal,
                                    Timestamp now);
  [[nodiscard]] LayersUpdate Allow(std::optional<Layers> highest, Timestamp now);

  [[nodiscard]] const LayerChoice& choice() const { return choice_; }
  [[nodiscard]] uint8_t stream() const { return stream_; }

 private:
  // Null when another kind of filter is at work, or none.
  template <typename Filter>
  [[nodiscard]] Filter* FilterAs() const {
    const auto* filter = std::get_if<std::unique_ptr<Filter>>(&filter_);
    return filter ? filter->get() : nullptr;
  }
  [[nodiscard]] LayersUpdate Aim(Timestamp now);
  void ChooseFilter(const RtpPacket& packet, const DependencyFrame* frame);
  [[nodiscard]] LayerVerdict Judge(const RtpPacket& packet, const DependencyFrame* frame);
  [[nodiscard]] Selection Decide(const RtpPacket& packet, const DependencyFrame* frame,
                                 Timestamp now, RtpRewriter& rewriter);
  [[nodiscard]] bool NeedsKeyFrame() const;
  [[nodiscard]] Layers FilterTarget() const;
  [[nodiscard]] std::optional<Layers> FilterLayers() const;

  uint8_t stream_;
  uint8_t early_packets_max_;
  bool started_ = false;
  int64_t newest_ = std::numeric_limits<int64_t>::min() / 2;  // sequence number
  int64_t passed_ = newest_;  // what came up to here is gone: nothing was waited for then
  Timestamp asked_at_;
  LayerPresence presence_;
  LayerChoice choice_;
  DependencyRewriter dependencies_;
  // Two kilobytes, which a consumer that is sent nothing does not need.
  std::variant<std::monostate, std::unique_ptr<Vp9LayerFilter>,
               std::unique_ptr<DependencyLayerFilter>>
      filter_;
};

}  // namespace millrace
