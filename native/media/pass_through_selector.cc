#include "media/pass_through_selector.h"

namespace millrace {

Selection PassThroughSelector::OnPacket(const RtpPacket& packet, const DependencyFrame* frame,
                                        Timestamp now, RtpRewriter& rewriter) {
  if (packet.stream_index != stream_ && !Adopts(packet)) {
    return {.reason = DropReason::kLayerNotSelected};
  }
  if (packet.payload_size == 0) {
    Skip(packet, rewriter);
    return {.reason = DropReason::kEmptyPayload};
  }
  const auto* vp8 = std::get_if<Vp8Descriptor>(&packet.descriptor);
  bool begins = !started_;
  if (begins) {
    if (!packet.key_frame) {
      return {.reason = DropReason::kWaitingForKeyFrame,
              .early = true,
              .update = {.ask_key_frame = stream_}};
    }
    if (switched_) {
      rewriter.SwitchSource(packet.sequence, packet.timestamp, now);
    } else {
      rewriter.Resume(packet.sequence);
    }
    if (vp8 != nullptr) vp8_.Start(*vp8);
    dependencies_.Begin(frame);
    started_ = true;
    switched_ = false;
  }
  Selection selection{.rewrite = rewriter.Forward(packet, now), .began = begins};
  if (!selection.rewrite) return {.reason = DropReason::kTooOld};
  if (vp8 != nullptr) selection.rewrite->patch = vp8_.Forward(*vp8);
  selection.rewrite->dependencies = dependencies_.Forward(frame, {});
  return selection;
}

void PassThroughSelector::Skip(const RtpPacket& packet, RtpRewriter& rewriter) {
  if (started_ && packet.stream_index == stream_) rewriter.Drop(packet.sequence);
}

// The packet is of another stream than the one forwarded. True: from here on it is the one.
bool PassThroughSelector::Adopts(const RtpPacket& packet) {
  if (packet.stream_index != target_) return false;
  if (started_ && !packet.key_frame) return false;
  stream_ = target_;
  started_ = false;
  switched_ = true;
  return true;
}

}  // namespace millrace
