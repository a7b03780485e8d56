#include "media/bwe/pacer.h"

#include <algorithm>

namespace millrace {
namespace {

// After a caller had nothing to pad with, it is not asked again for so long.
constexpr Duration kNoPadding = Duration::Millis(20);
// A probe may be ahead of its rate by what one timer's tick brings.
constexpr Duration kTick = Duration::Millis(1);

// When so many bytes are paid for: never at once, or a deadline could come at which nothing is due.
Duration TimeToPay(double bytes, uint64_t bps) {
  return TimeOf(static_cast<uint64_t>(bytes) + 1, bps) + Duration::Micros(1);
}

}  // namespace

void Pacer::SetTarget(uint64_t target_bps, Timestamp now) {
  Pass(now);
  target_bps_ = std::clamp(target_bps, kBitrateMin, kBitrateMax);
  // A link that shrank is not owed the burst of a wide one.
  video_bytes_ = std::min(video_bytes_, VideoBurst());
  retransmission_bytes_ = std::min(retransmission_bytes_, RetransmissionCredit());
}

void Pacer::Begin(const ProbePlan& probes, Timestamp now) {
  for (const ProbeCluster& cluster : probes.list()) {
    probes_.Push({.cluster = cluster, .begun = {}, .planned = now});
  }
}

PacerAnswer Pacer::Offer(const PacedPacket& packet, Timestamp now) {
  Pass(now);
  if (MayPass(packet)) return {.probe = Count(packet, now)};
  bool video = packet.urgency == PacketUrgency::kVideo;
  Queue& queue = video ? video_ : retransmissions_;
  if (TooMuchWaits(queue)) return {.fate = PacerAnswer::Fate::kRefused};
  queue.Push({.packet = packet, .since = now});
  if (!video) waiting_retransmission_bytes_ += packet.bytes;
  return {.fate = PacerAnswer::Fate::kWait};
}

PacerOrder Pacer::Next(Timestamp now) {
  Pass(now);
  DropOldProbes(now);
  Queue* queue = Urgent();
  bool probing = !probes_.empty() && ProbeDue() <= now;
  if (queue != nullptr && (probing || IsDue(*queue, now))) {
    PacedPacket packet = queue->front().packet;
    queue->Pop();
    if (queue == &retransmissions_) waiting_retransmission_bytes_ -= packet.bytes;
    return {.kind = PacerOrder::Kind::kPacket,
            .handle = packet.handle,
            .bytes = packet.bytes,
            .probe = Count(packet, now)};
  }
  if (queue != nullptr || now < padding_allowed_) return {};
  bool padding = padding_bps_ > 0 && padding_debt_bytes_ <= 0;
  if (!probing && !padding) return {};
  uint32_t bytes = kPaddingBytes;
  if (probing) {
    // Small probes still need their number of packets.
    const ProbeCluster& cluster = probes_[0].cluster;
    bytes = std::clamp(cluster.bytes_min / cluster.packets_min, kPaddingBytes / 4, kPaddingBytes);
  }
  return {.kind = PacerOrder::Kind::kPadding,
          .bytes = bytes,
          .probe = probing ? probes_[0].cluster.id : 0};
}

void Pacer::Padded(uint32_t bytes, Timestamp now) {
  if (bytes == 0) {
    padding_allowed_ = now + kNoPadding;
    return;
  }
  (void)Count(bytes, now);
}

void Pacer::Forget(PacketHandle handle) {
  video_.EraseIf([&](const Waiting& waiting) { return waiting.packet.handle == handle; });
  retransmissions_.EraseIf([&](const Waiting& waiting) {
    if (waiting.packet.handle != handle) return false;
    waiting_retransmission_bytes_ -= waiting.packet.bytes;
    return true;
  });
}

Timestamp Pacer::deadline(Timestamp now) const {
  Timestamp deadline = Timestamp::Never();
  bool waits = waiting() > 0;
  if (waits) {
    deadline = DueOf(video_.empty() ? retransmissions_ : video_, now);
  } else if (padding_bps_ > 0) {
    double owed = std::max(padding_debt_bytes_, 0.0);
    deadline = now + TimeToPay(owed, padding_bps_);
  }
  if (!probes_.empty()) deadline = std::min(deadline, ProbeDue());
  return waits ? deadline : std::max(deadline, padding_allowed_);
}

// Time passed: debts are paid.
void Pacer::Pass(Timestamp now) {
  if (!used_) {
    used_ = true;
    passed_ = now;
    video_bytes_ = BytesIn(kVideoBurst, target_bps_);
    retransmission_bytes_ = RetransmissionCredit();
  }
  if (now <= passed_) return;
  Duration time = std::min(now - passed_, kVideoBurst);
  passed_ = now;
  debt_bytes_ = std::max(0.0, debt_bytes_ - BytesIn(time, Scaled(target_bps_, kPace)));
  padding_debt_bytes_ = std::max(0.0, padding_debt_bytes_ - BytesIn(time, padding_bps_));
  video_bytes_ = std::clamp(video_bytes_ + BytesIn(time, target_bps_), -VideoBurst(), VideoBurst());
  retransmission_bytes_ += BytesIn(time, Scaled(target_bps_, kRetransmissionShare));
  retransmission_bytes_ = std::min(retransmission_bytes_, RetransmissionCredit());
}

double Pacer::VideoBurst() const {
  return std::max(BytesIn(kVideoBurst, target_bps_), static_cast<double>(kBurstBytesMin));
}

double Pacer::RetransmissionCredit() const {
  return std::max(BytesIn(kRetransmissionCredit, target_bps_), static_cast<double>(kBurstBytesMin));
}

bool Pacer::TooMuchWaits(const Queue& queue) const {
  if (queue.size() >= kWaitingMax) return true;
  if (&queue == &video_) return false;
  double most = BytesIn(kRetransmissionWait, Scaled(target_bps_, kRetransmissionShare));
  return static_cast<double>(waiting_retransmission_bytes_) >=
         std::max(most, static_cast<double>(kBurstBytesMin));
}

bool Pacer::MayPass(const PacedPacket& packet) const {
  switch (packet.urgency) {
    case PacketUrgency::kAudio:
      return true;
    case PacketUrgency::kVideo:
      return video_.empty() && video_bytes_ > 0;
    case PacketUrgency::kRetransmission:
      return waiting() == 0 && retransmission_bytes_ > 0 &&
             debt_bytes_ <= BytesIn(kRetransmissionBurst, Scaled(target_bps_, kPace));
  }
  return true;
}

ProbeId Pacer::Count(const PacedPacket& packet, Timestamp now) {
  if (packet.urgency == PacketUrgency::kVideo) video_bytes_ -= packet.bytes;
  if (packet.urgency == PacketUrgency::kRetransmission) retransmission_bytes_ -= packet.bytes;
  return Count(packet.bytes, now);
}

ProbeId Pacer::Count(uint32_t bytes, Timestamp now) {
  // More debt than a second's worth is not to be paid by anybody.
  double most = BytesIn(Duration::Seconds(1), Scaled(target_bps_, kPace));
  debt_bytes_ = std::min(debt_bytes_ + bytes, most);
  padding_debt_bytes_ = std::min(padding_debt_bytes_ + bytes, most);
  if (probes_.empty()) return 0;
  Probe& probe = probes_[0];
  if (!probe.begun) probe.begun = now;
  ++probe.packets;
  probe.bytes += bytes;
  ProbeId id = probe.cluster.id;
  bool complete =
      probe.packets >= probe.cluster.packets_min && probe.bytes >= probe.cluster.bytes_min;
  if (complete) probes_.Pop();
  return id;
}

Pacer::Queue* Pacer::Urgent() {
  if (!video_.empty()) return &video_;
  if (!retransmissions_.empty()) return &retransmissions_;
  return nullptr;
}

bool Pacer::IsDue(const Queue& queue, Timestamp now) const {
  double burst = BytesIn(kRetransmissionBurst, Scaled(target_bps_, kPace));
  if (&queue == &retransmissions_) return debt_bytes_ <= burst && retransmission_bytes_ > 0;
  return debt_bytes_ <= burst || now - queue.front().since >= kWaitMax;
}

Timestamp Pacer::DueOf(const Queue& queue, Timestamp now) const {
  uint64_t pace = Scaled(target_bps_, kPace);
  double over = debt_bytes_ - BytesIn(kRetransmissionBurst, pace);
  Timestamp due = over <= 0 ? now : now + TimeToPay(over, pace);
  if (&queue == &video_) return std::min(due, queue.front().since + kWaitMax);
  if (retransmission_bytes_ > 0) return due;
  uint64_t rate = Scaled(target_bps_, kRetransmissionShare);
  return std::max(due, now + TimeToPay(-retransmission_bytes_, rate));
}

// When the first probe's next packet leaves, to hold its rate.
Timestamp Pacer::ProbeDue() const {
  const Probe& probe = probes_[0];
  if (!probe.begun) return probe.planned;
  return *probe.begun + TimeOf(probe.bytes, probe.cluster.bps) - kTick;
}

void Pacer::DropOldProbes(Timestamp now) {
  while (!probes_.empty() && now - probes_[0].begun.value_or(probes_[0].planned) > kProbeTimeMax) {
    probes_.Pop();
  }
}

}  // namespace millrace
