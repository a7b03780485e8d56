#include "media/simulcast_selector.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "media/dependency_reader.h"
#include "media/ntp_time.h"

namespace millrace {

SimulcastSelector::SimulcastSelector(const Settings& settings)
    : early_packets_max_(settings.early_packets_max),
      choice_(settings.counts),
      clock_rate_(settings.clock_rate),
      clocks_(settings.clock_rate) {
  newest_.fill(std::numeric_limits<int64_t>::min() / 2);
}

Selection SimulcastSelector::OnPacket(const RtpPacket& packet, const DependencyFrame* frame,
                                      Timestamp now, RtpRewriter& rewriter) {
  uint8_t stream = packet.stream_index;
  if (stream >= choice_.counts().spatial) return {.reason = DropReason::kStreamLimit};
  LayersUpdate update;
  if (presence_.Seen(stream, now)) update = Aim(now);
  bool ask = update.ask_key_frame.has_value();
  bool anew = newest_[stream] - packet.sequence > RtpRewriter::kGapMax;
  if (anew || packet.sequence > newest_[stream]) newest_[stream] = packet.sequence;

  Selection selection;
  if (packet.payload_size == 0) {
    Skip(packet, rewriter);
    selection.reason = DropReason::kEmptyPayload;
  } else if (stream == stream_) {
    selection = Forward(packet, frame, now, rewriter);
  } else if (TakesOver(packet)) {
    TakeOver(packet, frame, now, rewriter);
    selection = Forward(packet, frame, now, rewriter);
    selection.began = true;
    ask = ask && choice_.target()->spatial != stream;
  } else {
    bool wanted = choice_.target() && choice_.target()->spatial == stream;
    selection.reason =
        wanted && !stream_ ? DropReason::kWaitingForKeyFrame : DropReason::kLayerNotSelected;
    selection.early = wanted;
    if (wanted && now - asked_at_ >= kAskAgainInterval) {
      asked_at_ = now;
      ask = true;
    }
  }
  selection.update.layers_changed |= update.layers_changed;
  if (ask) selection.update.ask_key_frame = choice_.target()->spatial;
  return selection;
}

void SimulcastSelector::Skip(const RtpPacket& packet, RtpRewriter& rewriter) {
  if (packet.stream_index == stream_) rewriter.Drop(packet.sequence);
}

LayersUpdate SimulcastSelector::Start(SpatialLayerSet live, Timestamp now) {
  for (uint8_t stream = 0; stream < choice_.counts().spatial; ++stream) {
    if ((live >> stream & 1) != 0) (void)presence_.Seen(stream, now);
  }
  return Aim(now);
}

LayersUpdate SimulcastSelector::Stop() {
  stream_.reset();
  presence_.Reset();
  (void)choice_.Aim(0);
  return {.layers_changed = choice_.SetCurrent(std::nullopt)};
}

LayersUpdate SimulcastSelector::Prefer(uint8_t spatial, std::optional<uint8_t> temporal,
                                       Timestamp now) {
  (void)choice_.Prefer(spatial, temporal);
  return Aim(now);
}

LayersUpdate SimulcastSelector::Allow(std::optional<Layers> highest, Timestamp now) {
  choice_.Allow(highest);
  return Aim(now);
}

LayersUpdate SimulcastSelector::OnStreamStopped(uint8_t stream, Timestamp now) {
  if (!presence_.Stop(stream)) return {};
  return Aim(now);
}

LayersUpdate SimulcastSelector::Aim(Timestamp now) {
  std::optional<Layers> before = choice_.target();
  bool moved = choice_.Aim(presence_.live());
  std::optional<Layers> target = choice_.target();
  LayersUpdate update;
  if (!target) {
    // No bandwidth, or no stream: what comes later cannot be decoded without a key frame.
    stream_.reset();
    update.layers_changed = choice_.SetCurrent(std::nullopt);
    return update;
  }
  if (stream_ == target->spatial) {
    temporal_ = target->temporal;
    return update;
  }
  // The way down needs a key frame, too; until it comes the least of the current stream is sent.
  if (stream_ && choice_.allowed() && *stream_ > choice_.allowed()->spatial) temporal_ = 0;
  bool other_stream = !before || before->spatial != target->spatial;
  if (moved && other_stream) {
    passed_ = newest_[target->spatial];
    asked_at_ = now;
    update.ask_key_frame = target->spatial;
  }
  return update;
}

// Whether this packet begins what is wanted, and all that belongs to it can still be forwarded.
bool SimulcastSelector::TakesOver(const RtpPacket& packet) const {
  if (!packet.key_frame || !choice_.target()) return false;
  uint8_t stream = packet.stream_index;
  uint8_t target = choice_.target()->spatial;
  int64_t overtaken_max = stream == target && packet.sequence > passed_ ? early_packets_max_ : 0;
  if (newest_[stream] - packet.sequence > overtaken_max) return false;
  bool has_picture = stream_ && IsLive(*stream_);
  return stream == target || (!has_picture && stream < target);
}

void SimulcastSelector::TakeOver(const RtpPacket& packet, const DependencyFrame* frame,
                                 Timestamp now, RtpRewriter& rewriter) {
  if (last_stream_ == packet.stream_index) {
    rewriter.Resume(packet.sequence);
  } else {
    AlignTo(packet, now, rewriter);
  }
  stream_ = last_stream_ = packet.stream_index;
  bool on_target = choice_.target()->spatial == *stream_;
  temporal_ = on_target ? choice_.target()->temporal : choice_.counts().highest().temporal;
  filter_ = std::monostate{};
  dependencies_.Begin(frame);
  if (const auto* vp8 = std::get_if<Vp8Descriptor>(&packet.descriptor)) {
    filter_ = std::make_unique<Vp8LayerFilter>();
    vp8_.Start(*vp8);
  } else if (std::holds_alternative<Vp9Descriptor>(packet.descriptor)) {
    filter_ = std::make_unique<Vp9LayerFilter>();
  } else if (frame != nullptr && BeginsKeyFrame(frame->descriptor)) {
    filter_ = std::make_unique<DependencyLayerFilter>();
  }
}

void SimulcastSelector::AlignTo(const RtpPacket& packet, Timestamp now, RtpRewriter& rewriter) {
  std::optional<uint32_t> at_reference =
      last_stream_ ? clocks_.Convert(packet.stream_index, packet.timestamp, reference_)
                   : std::nullopt;
  if (at_reference) {
    uint32_t mapped = *at_reference + reference_offset_;
    uint32_t passed = ToRtpTicks(std::max<int64_t>((now - last_forwarded_).us(), 0), clock_rate_);
    int64_t error = static_cast<int32_t>(mapped - rewriter.last_timestamp() - passed);
    if (std::abs(error) <= kAlignmentErrorMaxSeconds * clock_rate_) {
      rewriter.SwitchSourceAligned(packet.sequence, packet.timestamp, mapped);
      return;
    }
  }
  rewriter.SwitchSource(packet.sequence, packet.timestamp, now);
  reference_ = packet.stream_index;
  reference_offset_ = rewriter.timestamp_offset();
}

LayerVerdict SimulcastSelector::Judge(const RtpPacket& packet, const DependencyFrame* frame) {
  // A stream of simulcast is one spatial layer, whatever it calls it.
  Layers target{.spatial = LayerCounts::kMax - 1, .temporal = FilterTemporal()};
  if (auto* vp8 = FilterAs<Vp8LayerFilter>()) {
    const auto* descriptor = std::get_if<Vp8Descriptor>(&packet.descriptor);
    return descriptor ? vp8->OnPacket(packet, *descriptor, target.temporal) : LayerVerdict{};
  }
  if (auto* vp9 = FilterAs<Vp9LayerFilter>()) {
    const auto* descriptor = std::get_if<Vp9Descriptor>(&packet.descriptor);
    return descriptor ? vp9->OnPacket(packet, *descriptor, target) : LayerVerdict{};
  }
  if (auto* filter = FilterAs<DependencyLayerFilter>()) {
    return frame ? filter->OnPacket(packet, *frame, target) : LayerVerdict{};
  }
  return {.forward = true, .ends_picture = packet.marker};
}

Selection SimulcastSelector::Forward(const RtpPacket& packet, const DependencyFrame* frame,
                                     Timestamp now, RtpRewriter& rewriter) {
  const auto* vp8 = std::get_if<Vp8Descriptor>(&packet.descriptor);
  LayerVerdict verdict = Judge(packet, frame);
  if (!verdict.forward) {
    rewriter.Drop(packet.sequence);
    if (vp8 != nullptr) vp8_.Drop(*vp8);
    return {.reason = DropReason::kLayerNotSelected};
  }
  std::optional<RtpRewrite> rewrite = rewriter.Forward(packet, now);
  if (!rewrite) return {.reason = DropReason::kTooOld};
  if (vp8 != nullptr) rewrite->patch = vp8_.Forward(*vp8);
  rewrite->marker = verdict.ends_picture;
  rewrite->dependencies = dependencies_.Forward(frame, verdict);
  last_forwarded_ = now;
  bool changed = choice_.SetCurrent(Layers{*stream_, CurrentTemporal()});
  return {.rewrite = rewrite, .update = {.layers_changed = changed}};
}

// Temporal layers above the announced ones belong to the topmost of these.
uint8_t SimulcastSelector::FilterTemporal() const {
  bool all = temporal_ >= choice_.counts().highest().temporal;
  return all ? LayerCounts::kMax - 1 : temporal_;
}

uint8_t SimulcastSelector::CurrentTemporal() const {
  uint8_t temporal = temporal_;
  if (const auto* vp8 = FilterAs<Vp8LayerFilter>()) {
    temporal = vp8->temporal();
  } else if (const auto* vp9 = FilterAs<Vp9LayerFilter>()) {
    temporal = vp9->current().value_or(Layers{0, temporal_}).temporal;
  } else if (const auto* filter = FilterAs<DependencyLayerFilter>()) {
    temporal = filter->current().value_or(Layers{0, temporal_}).temporal;
  }
  return std::min(temporal, choice_.counts().highest().temporal);
}

}  // namespace millrace
