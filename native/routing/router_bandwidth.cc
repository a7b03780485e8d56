// What a transport may send: its peer's feedback in, targets shared among its consumers, and what
// waited or fills probes out.
#include "routing/consumer.h"
#include "routing/outgoing_bandwidth.h"
#include "routing/router.h"
#include "routing/transport.h"
#include "wire/rtcp/remb.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {

void Router::OnTransportFeedback(Transport& transport, const RtcpBlock& block, Turn& turn) {
  if (!transport.bandwidth()) return;
  std::optional<TransportFeedback> feedback = TransportFeedback::Parse(block);
  if (!feedback) return turn.out.CountDrop(DropReason::kMalformed);
  ++turn.out.counters().transport_feedbacks_received;
  OnBandwidth(transport, transport.bandwidth()->OnFeedback(*feedback, turn.now), turn);
}

void Router::OnRemb(Transport& transport, const RtcpBlock& block, Turn& turn) {
  if (!transport.bandwidth()) return;
  std::optional<Remb> remb = Remb::Parse(block);
  if (!remb) return turn.out.CountDrop(DropReason::kMalformed);
  ++turn.out.counters().rembs_received;
  OnBandwidth(transport, transport.bandwidth()->OnRemb(remb->bitrate_bps, turn.now), turn);
}

void Router::ShareSoon(Transport& transport, Turn& turn) {
  if (!transport.bandwidth()) return;
  transport.bandwidth()->ShareSoon(turn.now);
  transport.Schedule(transport.bandwidth()->deadline(), turn);
}

void Router::ServeBandwidth(Transport& transport, Turn& turn) {
  OutgoingBandwidth& bandwidth = *transport.bandwidth();
  OnBandwidth(transport, bandwidth.OnDeadline(turn.now), turn);
  for (size_t i = 0; i < OutgoingBandwidth::kOrdersMax; ++i) {
    EgressPacket waited;
    PacerOrder order = bandwidth.Next(waited, turn.now);
    if (order.kind == PacerOrder::Kind::kNothing) break;
    if (order.kind == PacerOrder::Kind::kPacket) {
      transport.Append(std::move(waited), turn);
    } else {
      bandwidth.Padded(transport.SendPadding(order.bytes, order.probe, turn), turn.now);
    }
  }
  bandwidth.Rest(turn.now);
}

void Router::OnBandwidth(Transport& transport, const BandwidthUpdate& update, Turn& turn) {
  OutgoingBandwidth& bandwidth = *transport.bandwidth();
  if (update.changed) {
    transport.TellBandwidth(turn);
    if (turn.out.WouldLog(LogLevel::kDebug, LogTag::kBwe)) {
      turn.out.Log(LogLevel::kDebug, LogTag::kBwe,
                   "Router::OnBandwidth() | available outgoing bitrate " +
                       std::to_string(update.target_bps) + " [transport:" + transport.id() + "]");
    }
    // What shrank cannot wait; what grew is shared with the next round.
    if (update.target_bps < bandwidth.shared_bps()) bandwidth.ShareSoon(turn.now);
  }
  if (bandwidth.share_due(turn.now)) ShareBandwidth(transport, turn);
  transport.Schedule(bandwidth.deadline(), turn);
}

void Router::ShareBandwidth(Transport& transport, Turn& turn) {
  Sharing& sharing = sharing_;
  sharing.consumers.clear();
  sharing.wishes.clear();
  sharing.requests.clear();
  uint64_t fixed_bps = 0;
  for (const auto& consumer : transport.consumers()) {
    if (!consumer->active()) continue;
    if (consumer->kind() == MediaKind::kAudio) {
      fixed_bps += consumer->stream(0).send().bitrate(turn.now);
      continue;
    }
    sharing.consumers.push_back(consumer.get());
    sharing.wishes.push_back(consumer->RequestBitrate(turn.now));
  }
  for (const BitrateRequest& wish : sharing.wishes) sharing.requests.push_back(wish.request());
  sharing.grants.resize(sharing.requests.size());
  (void)transport.bandwidth()->Share(fixed_bps, sharing.requests, sharing.grants, turn.now);
  for (size_t i = 0; i < sharing.consumers.size(); ++i) {
    Consumer& consumer = *sharing.consumers[i];
    Apply(consumer, consumer.Grant(sharing.wishes[i], sharing.grants[i].layers, turn.now), turn);
  }
}

}  // namespace millrace
