#include "media/svc_selector.h"

#include <algorithm>

namespace millrace {
namespace {

// Going down needs a key frame only where the lower layers were left out; whether that is so shows
// within some pictures.
constexpr Duration kPatience = Duration::Millis(100);

uint8_t SpatialLayerOf(const RtpPacket& packet, const DependencyFrame* frame) {
  return frame != nullptr ? frame->descriptor.frame.spatial_layer : packet.spatial_layer;
}

}  // namespace

SvcSelector::SvcSelector(const Settings& settings)
    : stream_(settings.stream),
      early_packets_max_(settings.early_packets_max),
      choice_(settings.counts) {}

Selection SvcSelector::OnPacket(const RtpPacket& packet, const DependencyFrame* frame,
                                Timestamp now, RtpRewriter& rewriter) {
  if (packet.stream_index != stream_) return {.reason = DropReason::kLayerNotSelected};
  if (packet.payload_size == 0) {
    Skip(packet, rewriter);
    return {.reason = DropReason::kEmptyPayload};
  }
  LayersUpdate update;
  // The first picture has all layers that there are, until shown otherwise.
  uint8_t highest = choice_.counts().highest().spatial;
  bool appears = presence_.live() == 0;
  for (uint8_t layer = 0; appears && layer <= highest; ++layer) (void)presence_.Seen(layer, now);
  uint8_t spatial = std::min(SpatialLayerOf(packet, frame), highest);
  if (presence_.Seen(spatial, now) || appears) update = Aim(now);
  bool anew = newest_ - packet.sequence > RtpRewriter::kGapMax;
  if (anew) passed_ = packet.sequence - 1;
  if (anew || packet.sequence > newest_) newest_ = packet.sequence;

  Selection selection = Decide(packet, frame, now, rewriter);
  if (choice_.target() && now - asked_at_ >= kAskAgainInterval && NeedsKeyFrame()) {
    asked_at_ = now;
    update.ask_key_frame = stream_;
  }
  selection.update.layers_changed |= update.layers_changed;
  bool ask = update.ask_key_frame.has_value() && !selection.began;
  if (ask) selection.update.ask_key_frame = stream_;
  return selection;
}

void SvcSelector::Skip(const RtpPacket& packet, RtpRewriter& rewriter) {
  if (started_ && packet.stream_index == stream_) rewriter.Drop(packet.sequence);
}

LayersUpdate SvcSelector::Stop() {
  started_ = false;
  passed_ = newest_;
  filter_ = std::monostate{};
  presence_.Reset();
  (void)choice_.Aim(0);
  return {.layers_changed = choice_.SetCurrent(std::nullopt)};
}

LayersUpdate SvcSelector::Prefer(uint8_t spatial, std::optional<uint8_t> temporal, Timestamp now) {
  (void)choice_.Prefer(spatial, temporal);
  return Aim(now);
}

LayersUpdate SvcSelector::Allow(std::optional<Layers> highest, Timestamp now) {
  choice_.Allow(highest);
  return Aim(now);
}

LayersUpdate SvcSelector::Aim(Timestamp now) {
  std::optional<Layers> before = choice_.target();
  bool moved = choice_.Aim(presence_.live());
  std::optional<Layers> target = choice_.target();
  LayersUpdate update;
  if (!target) {
    // No bandwidth, or no stream: what comes later cannot be decoded without a key frame.
    started_ = false;
    passed_ = newest_;
    filter_ = std::monostate{};
    update.layers_changed = choice_.SetCurrent(std::nullopt);
    return update;
  }
  if (!moved) return update;
  if (!before || target->spatial > before->spatial) {
    if (!NeedsKeyFrame()) return update;
    asked_at_ = now;
    update.ask_key_frame = stream_;
  } else if (now - asked_at_ >= kAskAgainInterval) {
    asked_at_ = now - kAskAgainInterval + kPatience;
  }
  return update;
}

Selection SvcSelector::Decide(const RtpPacket& packet, const DependencyFrame* frame, Timestamp now,
                              RtpRewriter& rewriter) {
  if (!choice_.target()) return {.reason = DropReason::kLayerNotSelected};
  LayerVerdict verdict;
  if (!started_) {
    // What overtook the first packet of a key frame is lost to us, and the frame with it; but for
    // what the caller kept since it waits.
    if (newest_ - packet.sequence > early_packets_max_ || packet.sequence <= passed_) {
      return {.reason = DropReason::kWaitingForKeyFrame, .early = true};
    }
    ChooseFilter(packet, frame);
  }
  verdict = Judge(packet, frame);
  if (!verdict.forward) {
    if (!started_) return {.reason = DropReason::kWaitingForKeyFrame, .early = true};
    rewriter.Drop(packet.sequence);
    return {.reason = DropReason::kLayerNotSelected};
  }
  bool began = !started_;
  if (began) {
    rewriter.Resume(packet.sequence);
    dependencies_.Begin(frame);
  }
  started_ = true;
  std::optional<RtpRewrite> rewrite = rewriter.Forward(packet, now);
  if (!rewrite) return {.reason = DropReason::kTooOld};
  rewrite->marker = verdict.ends_picture;
  rewrite->dependencies = dependencies_.Forward(frame, verdict);
  bool changed = choice_.SetCurrent(FilterLayers());
  return {.rewrite = rewrite, .began = began, .update = {.layers_changed = changed}};
}

void SvcSelector::ChooseFilter(const RtpPacket& packet, const DependencyFrame* frame) {
  if (frame != nullptr) {
    if (FilterAs<DependencyLayerFilter>() == nullptr) {
      filter_ = std::make_unique<DependencyLayerFilter>();
    }
  } else if (std::holds_alternative<Vp9Descriptor>(packet.descriptor)) {
    if (FilterAs<Vp9LayerFilter>() == nullptr) filter_ = std::make_unique<Vp9LayerFilter>();
  }
}

LayerVerdict SvcSelector::Judge(const RtpPacket& packet, const DependencyFrame* frame) {
  Layers target = FilterTarget();
  if (auto* filter = FilterAs<DependencyLayerFilter>()) {
    return frame != nullptr ? filter->OnPacket(packet, *frame, target) : LayerVerdict{};
  }
  if (auto* filter = FilterAs<Vp9LayerFilter>()) {
    const auto* descriptor = std::get_if<Vp9Descriptor>(&packet.descriptor);
    return descriptor != nullptr ? filter->OnPacket(packet, *descriptor, target) : LayerVerdict{};
  }
  return {.forward = started_ || packet.key_frame, .ends_picture = packet.marker};
}

bool SvcSelector::NeedsKeyFrame() const {
  if (!started_) return true;
  Layers target = FilterTarget();
  if (const auto* filter = FilterAs<DependencyLayerFilter>()) {
    return filter->NeedsKeyFrame(target);
  }
  if (const auto* filter = FilterAs<Vp9LayerFilter>()) {
    return filter->NeedsKeyFrame(target);
  }
  return false;
}

// Temporal layers above the announced ones belong to the topmost of these.
Layers SvcSelector::FilterTarget() const {
  Layers target = *choice_.target();
  if (target.temporal == choice_.counts().highest().temporal)
    target.temporal = LayerCounts::kMax - 1;
  return target;
}

std::optional<Layers> SvcSelector::FilterLayers() const {
  std::optional<Layers> layers = choice_.target();
  if (const auto* filter = FilterAs<DependencyLayerFilter>()) {
    layers = filter->current();
  } else if (const auto* vp9 = FilterAs<Vp9LayerFilter>()) {
    // Until its first picture is whole, nobody knows how many layers that has.
    layers = vp9->current();
  }
  if (layers) layers->temporal = std::min(layers->temporal, choice_.counts().highest().temporal);
  return layers;
}

}  // namespace millrace
