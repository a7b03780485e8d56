#pragma once

#include <array>
#include <cstdint>
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
#include "media/source_clocks.h"
#include "media/vp8_layer_filter.h"
#include "media/vp8_rewriter.h"
#include "media/vp9_layer_filter.h"

namespace millrace {

// Makes one stream for one consumer out of the streams of a simulcast source, each of which may
// have temporal layers: those of VP8 and VP9 stand in the payload, those of every other codec in
// dependency descriptors; without them a stream is forwarded whole.
// One stream at a time is forwarded. Another one takes over with its key frame only; until that
// comes, the old one goes on. Which one is wanted follows from the viewer's preference, from
// bandwidth, and from which streams arrive: one that falls silent is left by itself.
//
//   nothing --key frame of the target or below--> current == target
//   current --target moves: ask for its key frame--> current != target --key frame--> current
//
// Owns no packet and no numbering of packets: the rewriter is the consumer's, and given.
class SimulcastSelector {
 public:
  struct Settings {
    LayerCounts counts = {};  // spatial: the number of streams
    uint32_t clock_rate = 90'000;
    // How many packets may have overtaken the first one of a key frame; more than zero only for a
    // caller that hands them in again (Selection::began).
    uint8_t early_packets_max = 0;
  };
  // Timestamps that sender reports put farther than this from the time that has passed are not
  // believed (RT-15).
  static constexpr int64_t kAlignmentErrorMaxSeconds = 2;

  explicit SimulcastSelector(const Settings& settings);

  // Every packet of every stream, each once. `stream_index` counts from the lowest quality up;
  // `frame` is what its dependency descriptor says, if any.
  [[nodiscard]] Selection OnPacket(const RtpPacket& packet, const DependencyFrame* frame,
                                   Timestamp now, RtpRewriter& rewriter);
  // The caller leaves this packet out for a reason of its own, instead of OnPacket.
  void Skip(const RtpPacket& packet, RtpRewriter& rewriter);

  // Forwarding begins or goes on after Stop; `live` are the streams known to arrive.
  [[nodiscard]] LayersUpdate Start(SpatialLayerSet live, Timestamp now);
  // Nothing is forwarded until another key frame: the consumer, the source or the link paused.
  [[nodiscard]] LayersUpdate Stop();
  [[nodiscard]] LayersUpdate Prefer(uint8_t spatial, std::optional<uint8_t> temporal,
                                    Timestamp now);
  [[nodiscard]] LayersUpdate Allow(std::optional<Layers> highest, Timestamp now);
  // The stream is known to have fallen silent (its score became 0).
  [[nodiscard]] LayersUpdate OnStreamStopped(uint8_t stream, Timestamp now);
  void OnSenderReport(uint8_t stream, uint64_t ntp, uint32_t rtp_timestamp) {
    clocks_.OnSenderReport(stream, ntp, rtp_timestamp);
  }

  [[nodiscard]] const LayerChoice& choice() const { return choice_; }
  // The stream forwarded now.
  [[nodiscard]] std::optional<uint8_t> current_stream() const { return stream_; }

 private:
  // Null when another kind of filter is at work, or none.
  template <typename Filter>
  [[nodiscard]] Filter* FilterAs() const {
    const auto* filter = std::get_if<std::unique_ptr<Filter>>(&filter_);
    return filter ? filter->get() : nullptr;
  }
  [[nodiscard]] LayersUpdate Aim(Timestamp now);
  [[nodiscard]] bool TakesOver(const RtpPacket& packet) const;
  void TakeOver(const RtpPacket& packet, const DependencyFrame* frame, Timestamp now,
                RtpRewriter& rewriter);
  void AlignTo(const RtpPacket& packet, Timestamp now, RtpRewriter& rewriter);
  [[nodiscard]] LayerVerdict Judge(const RtpPacket& packet, const DependencyFrame* frame);
  [[nodiscard]] Selection Forward(const RtpPacket& packet, const DependencyFrame* frame,
                                  Timestamp now, RtpRewriter& rewriter);
  [[nodiscard]] uint8_t FilterTemporal() const;
  [[nodiscard]] uint8_t CurrentTemporal() const;
  [[nodiscard]] bool IsLive(uint8_t stream) const { return (presence_.live() >> stream & 1) != 0; }

  // --- read for each packet
  std::optional<uint8_t> stream_;       // forwarded now
  std::optional<uint8_t> last_stream_;  // forwarded last, before a Stop too
  uint8_t temporal_ = 0;                // wanted of the current stream
  uint8_t early_packets_max_;
  int64_t passed_ = 0;  // of the target: what came up to here is gone, it was not the target then
  Timestamp asked_at_;
  Timestamp last_forwarded_;
  std::array<int64_t, LayerCounts::kMax> newest_{};  // sequence numbers
  LayerPresence presence_;
  LayerChoice choice_;
  Vp8Rewriter vp8_;
  DependencyRewriter dependencies_;
  // Some take two kilobytes, which a consumer that is sent nothing does not need.
  std::variant<std::monostate, std::unique_ptr<Vp8LayerFilter>, std::unique_ptr<Vp9LayerFilter>,
               std::unique_ptr<DependencyLayerFilter>>
      filter_;

  // --- read at a switch
  uint32_t clock_rate_;
  SourceClocks clocks_;
  // All streams are put on the clock of one of them, so that errors of many switches do not add up.
  uint8_t reference_ = 0;
  uint32_t reference_offset_ = 0;  // outgoing minus the reference's timestamp
};

}  // namespace millrace
