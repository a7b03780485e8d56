#include "media/stream_selector.h"

#include <utility>

namespace millrace {

StreamSelector StreamSelector::PassThrough(uint8_t stream) {
  return StreamSelector(PassThroughSelector(stream));
}

StreamSelector StreamSelector::Simulcast(const SimulcastSelector::Settings& settings) {
  return StreamSelector(std::make_unique<SimulcastSelector>(settings));
}

StreamSelector StreamSelector::Svc(const SvcSelector::Settings& settings) {
  return StreamSelector(std::make_unique<SvcSelector>(settings));
}

Selection StreamSelector::OnPacket(const RtpPacket& packet, const DependencyFrame* frame,
                                   Timestamp now, RtpRewriter& rewriter) {
  if (auto* one = std::get_if<PassThroughSelector>(&any_)) {
    return one->OnPacket(packet, frame, now, rewriter);
  }
  if (auto* simulcast = std::get_if<std::unique_ptr<SimulcastSelector>>(&any_)) {
    return (*simulcast)->OnPacket(packet, frame, now, rewriter);
  }
  return std::get<std::unique_ptr<SvcSelector>>(any_)->OnPacket(packet, frame, now, rewriter);
}

void StreamSelector::Skip(const RtpPacket& packet, RtpRewriter& rewriter) {
  if (auto* one = std::get_if<PassThroughSelector>(&any_)) one->Skip(packet, rewriter);
  if (auto* simulcast = std::get_if<std::unique_ptr<SimulcastSelector>>(&any_)) {
    (*simulcast)->Skip(packet, rewriter);
  }
  if (auto* svc = std::get_if<std::unique_ptr<SvcSelector>>(&any_)) (*svc)->Skip(packet, rewriter);
}

LayersUpdate StreamSelector::Start(SpatialLayerSet live, Timestamp now) {
  if (auto* simulcast = std::get_if<std::unique_ptr<SimulcastSelector>>(&any_)) {
    return (*simulcast)->Start(live, now);
  }
  // Of one stream the next key frame is what is needed, whatever else it has.
  return {.ask_key_frame = stream()};
}

LayersUpdate StreamSelector::Stop() {
  if (auto* simulcast = std::get_if<std::unique_ptr<SimulcastSelector>>(&any_)) {
    return (*simulcast)->Stop();
  }
  if (auto* svc = std::get_if<std::unique_ptr<SvcSelector>>(&any_)) return (*svc)->Stop();
  std::get<PassThroughSelector>(any_).Stop();
  return {};
}

LayersUpdate StreamSelector::Prefer(uint8_t spatial, std::optional<uint8_t> temporal,
                                    Timestamp now) {
  if (auto* simulcast = std::get_if<std::unique_ptr<SimulcastSelector>>(&any_)) {
    return (*simulcast)->Prefer(spatial, temporal, now);
  }
  if (auto* svc = std::get_if<std::unique_ptr<SvcSelector>>(&any_)) {
    return (*svc)->Prefer(spatial, temporal, now);
  }
  return {};
}

LayersUpdate StreamSelector::Allow(std::optional<Layers> highest, Timestamp now) {
  if (auto* simulcast = std::get_if<std::unique_ptr<SimulcastSelector>>(&any_)) {
    return (*simulcast)->Allow(highest, now);
  }
  if (auto* svc = std::get_if<std::unique_ptr<SvcSelector>>(&any_)) {
    return (*svc)->Allow(highest, now);
  }
  return {};
}

LayersUpdate StreamSelector::OnStreamStopped(uint8_t stream, Timestamp now) {
  if (auto* simulcast = std::get_if<std::unique_ptr<SimulcastSelector>>(&any_)) {
    return (*simulcast)->OnStreamStopped(stream, now);
  }
  return {};
}

LayersUpdate StreamSelector::SetBest(uint8_t stream) {
  auto* one = std::get_if<PassThroughSelector>(&any_);
  if (!one || one->target() == stream) return {};
  one->SetTarget(stream);
  return {.ask_key_frame = stream};
}

void StreamSelector::OnSenderReport(uint8_t stream, uint64_t ntp, uint32_t rtp_timestamp) {
  if (auto* simulcast = std::get_if<std::unique_ptr<SimulcastSelector>>(&any_)) {
    (*simulcast)->OnSenderReport(stream, ntp, rtp_timestamp);
  }
}

const LayerChoice* StreamSelector::choice() const {
  if (const auto* simulcast = std::get_if<std::unique_ptr<SimulcastSelector>>(&any_)) {
    return &(*simulcast)->choice();
  }
  if (const auto* svc = std::get_if<std::unique_ptr<SvcSelector>>(&any_)) return &(*svc)->choice();
  return nullptr;
}

uint8_t StreamSelector::stream() const {
  if (const auto* one = std::get_if<PassThroughSelector>(&any_)) return one->target();
  if (const auto* svc = std::get_if<std::unique_ptr<SvcSelector>>(&any_)) return (*svc)->stream();
  const SimulcastSelector& simulcast = *std::get<std::unique_ptr<SimulcastSelector>>(any_);
  if (simulcast.current_stream()) return *simulcast.current_stream();
  std::optional<Layers> target = simulcast.choice().target();
  return target ? target->spatial : simulcast.choice().preferred().spatial;
}

}  // namespace millrace
