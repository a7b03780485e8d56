#include "media/bwe/bandwidth_flow.h"

#include <algorithm>

#include "base/byte_writer.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {
namespace {

constexpr Duration kFrameTime = Duration::Micros(33'333);
constexpr uint32_t kPacketBytes = 1200;
constexpr double kSourcePace = 2.5;
// The receiver's clock began long before ours.
constexpr Duration kReceiverOffset = Duration::Seconds(86'400);

}  // namespace

BandwidthFlow::BandwidthFlow(size_t index, FlowSettings settings, uint64_t seed)
    : index_(index),
      settings_(std::move(settings)),
      random_(seed * 1000 + index),
      estimator_(settings_.bandwidth),
      next_frame_(settings_.starts + Duration::Millis(random_.Below(33))) {}

void BandwidthFlow::Send(Bottleneck& bottleneck, Timestamp now) {
  if (now < settings_.starts) return;
  if (!ready_) {
    ready_ = true;
    Apply(estimator_.OnReady(now), now);
  }
  TakeFeedback(now);
  if (estimator_.deadline() <= now) Apply(estimator_.OnDeadline(now), now);
  if (next_frame_ <= now) MakeFrame(now);
  ForwardVideo(bottleneck, now);
  RunPacer(bottleneck, now);
}

// A frame comes from its producer, who spread it over a part of the frame's time.
void BandwidthFlow::MakeFrame(Timestamp now) {
  next_frame_ = next_frame_ + kFrameTime;
  uint64_t bps = settings_.layers.empty() ? estimator_.target_bps() : grant_.bps;
  // Frames differ by a fifth in size.
  double size = BytesIn(kFrameTime, bps) * (0.8 + 0.4 * random_.NextDouble());
  Timestamp due = now;
  for (uint32_t left = static_cast<uint32_t>(size); left > 0;) {
    uint32_t bytes = std::min(left, kPacketBytes);
    left -= bytes;
    source_.push_back({bytes, due});
    due = due + TimeOf(bytes, Scaled(bps, kSourcePace));
  }
}

void BandwidthFlow::ForwardVideo(Bottleneck& bottleneck, Timestamp now) {
  for (; !source_.empty() && source_.front().due <= now; source_.pop_front()) {
    uint32_t bytes = source_.front().bytes;
    PacketHandle handle(static_cast<uint32_t>(waiting_.size()));
    PacerAnswer answer =
        pacer_.Offer({.handle = handle, .urgency = PacketUrgency::kVideo, .bytes = bytes}, now);
    if (answer.fate == PacerAnswer::Fate::kSendNow) Leave(bytes, answer.probe, bottleneck, now);
    if (answer.fate == PacerAnswer::Fate::kWait) waiting_.push_back({bytes, now});
  }
}

void BandwidthFlow::RunPacer(Bottleneck& bottleneck, Timestamp now) {
  for (PacerOrder order = pacer_.Next(now); order.kind != PacerOrder::Kind::kNothing;
       order = pacer_.Next(now)) {
    if (order.kind == PacerOrder::Kind::kPacket) {
      Duration waited = now - waiting_[order.handle.value()].since;
      waited_max_ = std::max(waited_max_, waited);
      Leave(order.bytes, order.probe, bottleneck, now);
    } else {
      uint32_t bytes = settings_.can_pad ? order.bytes : 0;
      pacer_.Padded(bytes, now);
      if (bytes > 0) Leave(bytes, order.probe, bottleneck, now);
      padding_bytes_ += bytes;
    }
  }
}

void BandwidthFlow::Leave(uint32_t bytes, ProbeId probe, Bottleneck& bottleneck, Timestamp now) {
  estimator_.OnSent(
      {.sequence_number = sequence_number_, .bytes = bytes, .sent = now, .probe = probe});
  bottleneck.Enqueue({.flow = index_, .sequence_number = sequence_number_, .bytes = bytes}, now);
  ++sequence_number_;
  sent_bytes_ += bytes;
}

void BandwidthFlow::Arrive(const TravellingPacket& packet) {
  arrived_bytes_ += packet.bytes;
  Timestamp arrival = packet.arrival + kReceiverOffset;
  feedback_.Receive(packet.sequence_number, Ssrc(1), arrival, packet.arrival);
}

void BandwidthFlow::Answer(Duration one_way, Timestamp now) {
  while (feedback_.deadline() <= now) {
    std::array<uint8_t, 1200> bytes;
    ByteWriter writer{MutableBytes(bytes)};
    if (!feedback_.Write(writer, Ssrc(2), now)) break;
    MutableBytes written = writer.written();
    flying_.push_back({{written.begin(), written.end()}, now + one_way});
  }
}

void BandwidthFlow::TakeFeedback(Timestamp now) {
  while (!flying_.empty() && flying_.front().arrival <= now) {
    RtcpReader reader(flying_.front().bytes);
    while (std::optional<RtcpBlock> block = reader.Next()) {
      std::optional<TransportFeedback> feedback = TransportFeedback::Parse(*block);
      if (feedback) Apply(estimator_.OnFeedback(*feedback, now), now);
    }
    flying_.pop_front();
  }
}

void BandwidthFlow::Apply(const BandwidthUpdate& update, Timestamp now) {
  pacer_.SetTarget(update.target_bps, now);
  pacer_.Begin(update.probes, now);
  if (!settings_.layers.empty()) Allocate();
}

void BandwidthFlow::Allocate() {
  AllocationRequest request{.layer_bps = settings_.layers, .current = grant_.layers};
  uint8_t before = grant_.layers;
  AllocationTotal total =
      allocator_.Share(estimator_.target_bps(), std::span(&request, 1), std::span(&grant_, 1));
  estimator_.OnWanted(total.wanted_bps);
  if (grant_.layers != before) ++layer_changes_;
}

}  // namespace millrace
