#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "media/dependency_frame.h"
#include "media/pass_through_selector.h"
#include "media/simulcast_selector.h"
#include "media/svc_selector.h"

namespace millrace {

// Decides for one consumer which packets of its source go out: one of three selectors, by what the
// source is. Those with layers have a choice of them; a consumer without layers ignores what is
// said of any.
class StreamSelector {
 public:
  [[nodiscard]] static StreamSelector PassThrough(uint8_t stream);
  [[nodiscard]] static StreamSelector Simulcast(const SimulcastSelector::Settings& settings);
  [[nodiscard]] static StreamSelector Svc(const SvcSelector::Settings& settings);

  // Every packet of every stream, each once, while it is started. `frame` is what its dependency
  // descriptor says, if any.
  [[nodiscard]] Selection OnPacket(const RtpPacket& packet, const DependencyFrame* frame,
                                   Timestamp now, RtpRewriter& rewriter);
  // The caller leaves this packet out for a reason of its own, instead of OnPacket.
  void Skip(const RtpPacket& packet, RtpRewriter& rewriter);

  // Forwarding begins or goes on after Stop; `live` are the streams known to arrive.
  [[nodiscard]] LayersUpdate Start(SpatialLayerSet live, Timestamp now);
  [[nodiscard]] LayersUpdate Stop();
  [[nodiscard]] LayersUpdate Prefer(uint8_t spatial, std::optional<uint8_t> temporal,
                                    Timestamp now);
  // The highest layers there is bandwidth for; nothing: none at all.
  [[nodiscard]] LayersUpdate Allow(std::optional<Layers> highest, Timestamp now);
  // The stream is known to have fallen silent.
  [[nodiscard]] LayersUpdate OnStreamStopped(uint8_t stream, Timestamp now);
  // Of streams without layers, the one to forward.
  [[nodiscard]] LayersUpdate SetBest(uint8_t stream);
  void OnSenderReport(uint8_t stream, uint64_t ntp, uint32_t rtp_timestamp);

  // Null without layers.
  [[nodiscard]] const LayerChoice* choice() const;
  // The stream that is forwarded, or else the one that is waited for.
  [[nodiscard]] uint8_t stream() const;

 private:
  // The last two are large, and most consumers need neither.
  using Any = std::variant<PassThroughSelector, std::unique_ptr<SimulcastSelector>,
                           std::unique_ptr<SvcSelector>>;

  explicit StreamSelector(Any any) : any_(std::move(any)) {}

  Any any_;
};

}  // namespace millrace
