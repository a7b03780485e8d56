#include "routing/outgoing_bandwidth.h"

#include <algorithm>
#include <utility>

#include "routing/consumer.h"

namespace millrace {

OutgoingBandwidth::OutgoingBandwidth(const BandwidthSettings& settings, const RtpExtensionIds& ids,
                                     Random& random)
    : estimator_(settings), settings_(settings), probation_(ids, random) {}

PacerAnswer OutgoingBandwidth::Offer(EgressPacket& packet, bool audio, Timestamp now) {
  if (phase_ == Phase::kIdle && !audio) {
    phase_ = Phase::kBegins;
    begins_at_ = now + kBegin;
  }
  uint32_t handle = free_.empty() ? static_cast<uint32_t>(waiting_.size()) : free_.back();
  PacerAnswer answer = pacer_.Offer({.handle = PacketHandle(handle),
                                     .urgency = UrgencyOf(packet, audio),
                                     .bytes = packet.packet->size},
                                    now);
  packet.probe = answer.probe;
  if (answer.fate != PacerAnswer::Fate::kWait) return answer;
  if (free_.empty()) {
    waiting_.push_back(std::move(packet));
  } else {
    free_.pop_back();
    waiting_[handle] = std::move(packet);
  }
  UpdatePacerDeadline(now);
  return answer;
}

PacketUrgency OutgoingBandwidth::UrgencyOf(const EgressPacket& packet, bool audio) const {
  if (audio || !heard_) return PacketUrgency::kAudio;
  bool again = packet.rewrite.rtx || packet.sealed;
  return again ? PacketUrgency::kRetransmission : PacketUrgency::kVideo;
}

BandwidthUpdate OutgoingBandwidth::OnFeedback(const TransportFeedback& feedback, Timestamp now) {
  BandwidthUpdate update = estimator_.OnFeedback(feedback, now);
  heard_ = heard_ || (phase_ == Phase::kRuns && estimator_.heard());
  return Apply(update, now);
}

BandwidthUpdate OutgoingBandwidth::OnRemb(uint64_t bps, Timestamp now) {
  heard_ = heard_ || settings_.source == BandwidthSource::kRemb;
  return Apply(estimator_.OnRemb(bps, now), now);
}

BandwidthUpdate OutgoingBandwidth::OnBounds(uint64_t min_bps, uint64_t max_bps, Timestamp now) {
  settings_.min_bps = min_bps;
  settings_.max_bps = max_bps;
  return Apply(estimator_.OnBounds(min_bps, max_bps), now);
}

BandwidthUpdate OutgoingBandwidth::OnDeadline(Timestamp now) {
  if (phase_ == Phase::kBegins && begins_at_ <= now) {
    phase_ = Phase::kRuns;
    ShareSoon(now);
    return Apply(estimator_.OnReady(now), now);
  }
  if (phase_ == Phase::kRuns && active_ && estimator_.deadline() <= now) {
    return Apply(estimator_.OnDeadline(now), now);
  }
  return {.target_bps = target_bps()};
}

void OutgoingBandwidth::SetSource(BandwidthSource source, Timestamp now) {
  if (source == settings_.source) return;
  settings_.source = source;
  BandwidthSettings again = settings_;
  again.initial_bps = target_bps();
  estimator_ = BandwidthEstimator(again);
  heard_ = false;
  if (phase_ == Phase::kRuns) {
    phase_ = Phase::kBegins;
    begins_at_ = now + kBegin;
  }
}

void OutgoingBandwidth::OnLinkLost(Output& out) {
  phase_ = Phase::kIdle;
  for (size_t handle = 0; handle < waiting_.size(); ++handle) {
    if (!waiting_[handle].packet) continue;
    out.CountDrop(DropReason::kNotConnected);
    pacer_.Forget(PacketHandle(static_cast<uint32_t>(handle)));
  }
  waiting_.clear();
  free_.clear();
  pacer_deadline_ = Timestamp::Never();
}

PacerOrder OutgoingBandwidth::Next(EgressPacket& waited, Timestamp now) {
  PacerOrder order = pacer_.Next(now);
  if (order.kind == PacerOrder::Kind::kPacket) {
    uint32_t handle = order.handle.value();
    waited = std::exchange(waiting_[handle], EgressPacket());
    waited.probe = order.probe;
    free_.push_back(handle);
    GiveBack();
  }
  return order;
}

// The room of a rush, once it is over.
void OutgoingBandwidth::GiveBack() {
  if (free_.size() < waiting_.size() || waiting_.size() <= kKept) return;
  std::vector<EgressPacket>().swap(waiting_);
  std::vector<uint32_t>().swap(free_);
}

void OutgoingBandwidth::Forget(const Consumer& consumer) {
  for (size_t handle = 0; handle < waiting_.size(); ++handle) {
    const EgressPacket& packet = waiting_[handle];
    if (packet.packet && &packet.stream->consumer() == &consumer) Forget(handle);
  }
}

size_t OutgoingBandwidth::Forget(const ConsumerStream& stream) {
  size_t count = 0;
  for (size_t handle = 0; handle < waiting_.size(); ++handle) {
    if (!waiting_[handle].packet || waiting_[handle].stream != &stream) continue;
    Forget(handle);
    ++count;
  }
  return count;
}

void OutgoingBandwidth::Forget(size_t handle) {
  waiting_[handle] = EgressPacket();
  pacer_.Forget(PacketHandle(static_cast<uint32_t>(handle)));
  free_.push_back(static_cast<uint32_t>(handle));
}

AllocationTotal OutgoingBandwidth::Share(uint64_t fixed_bps,
                                         std::span<const AllocationRequest> requests,
                                         std::span<AllocationGrant> grants, Timestamp now) {
  active_ = !requests.empty();
  shared_bps_ = target_bps();
  share_at_ = active_ ? now + kShareInterval : Timestamp::Never();
  uint64_t available_bps = target_bps() > fixed_bps ? target_bps() - fixed_bps : 0;
  AllocationTotal total = allocator_.Share(available_bps, requests, grants);
  wanted_bps_ = total.wanted_bps == 0 ? 0 : total.wanted_bps + fixed_bps;
  // Sources that send nothing yet, or have only begun, say nothing of what they will want.
  if (wanted_bps_ != 0 && phase_ == Phase::kRuns) estimator_.OnWanted(wanted_bps_);
  return total;
}

Timestamp OutgoingBandwidth::deadline() const {
  if (phase_ == Phase::kIdle) return share_at_;
  if (phase_ == Phase::kBegins) return std::min(begins_at_, share_at_);
  Timestamp deadline = std::min(pacer_deadline_, share_at_);
  return active_ ? std::min(deadline, estimator_.deadline()) : deadline;
}

BandwidthUpdate OutgoingBandwidth::Apply(const BandwidthUpdate& update, Timestamp now) {
  pacer_.SetTarget(update.target_bps, now);
  if (phase_ == Phase::kRuns) pacer_.Begin(update.probes, now);
  UpdatePacerDeadline(now);
  return update;
}

void OutgoingBandwidth::UpdatePacerDeadline(Timestamp now) {
  pacer_deadline_ = pacer_.deadline(now);
}

}  // namespace millrace
