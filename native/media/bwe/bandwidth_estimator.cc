#include "media/bwe/bandwidth_estimator.h"

#include <algorithm>

namespace millrace {
namespace {

// Before anything is known of the path.
constexpr Duration kRttAtFirst = Duration::Millis(100);
// Share of the old value in the round trip.
constexpr int64_t kRttSmoothing = 7;
constexpr int64_t kRttParts = 8;
// While packets leave and nobody answers for this long, the path or its way back is full.
constexpr Duration kSilence = Duration::Seconds(2);
constexpr double kSilenceShare = 0.8;
// How long a queue that was seen to fill is believed to.
constexpr Duration kUsageHolds = Duration::Seconds(1);
// One later probe raises the estimate by this factor at most: a few packets that slipped through
// between those of others prove less than the traffic that follows.
constexpr double kProbeRaise = 1.5;

}  // namespace

BandwidthEstimator::BandwidthEstimator(const BandwidthSettings& settings)
    : source_(settings.source),
      bounds_(BitrateBounds::Of(settings.min_bps, settings.max_bps)),
      target_bps_(bounds_.Clamp(settings.initial_bps)),
      rate_(target_bps_, bounds_) {
  probes_.SetBounds(bounds_);
}

BandwidthUpdate BandwidthEstimator::OnReady(Timestamp now) {
  BandwidthUpdate update;
  if (source_ == BandwidthSource::kTransportFeedback) Note(probes_.Begin(target_bps_, now), update);
  Finish(update);
  return update;
}

void BandwidthEstimator::OnSent(const SentPacket& packet) {
  history_.Add(packet);
  limit_.Sent(packet.bytes, target_bps_, packet.sent);
}

BandwidthUpdate BandwidthEstimator::OnFeedback(const TransportFeedback& feedback, Timestamp now) {
  BandwidthUpdate update;
  if (source_ == BandwidthSource::kRemb) {
    Finish(update);
    return update;
  }
  FeedbackReport report = reader_.Read(feedback, history_, now);
  if (!report.packets.empty()) {
    heard_ = now;
    probes_.Heard();
    limit_.Pass(target_bps_, now);
    TakeArrivals(report);
    TakeRtt(report);
    TakeDelay(report);
    TakeProbe(report, update);
    TakeLoss(report);
  }
  Finish(update);
  return update;
}

BandwidthUpdate BandwidthEstimator::OnRemb(uint64_t bps, Timestamp now) {
  remote_bps_ = std::clamp(bps, kBitrateMin, kBitrateMax);
  if (source_ == BandwidthSource::kRemb) rate_.SetEstimate(*remote_bps_, now);
  BandwidthUpdate update;
  Finish(update);
  return update;
}

BandwidthUpdate BandwidthEstimator::OnBounds(uint64_t min_bps, uint64_t max_bps) {
  bounds_ = BitrateBounds::Of(min_bps, max_bps);
  rate_.SetBounds(bounds_);
  probes_.SetBounds(bounds_);
  BandwidthUpdate update;
  Finish(update);
  return update;
}

void BandwidthEstimator::OnWanted(uint64_t wanted_bps) { probes_.SetWanted(wanted_bps); }

BandwidthUpdate BandwidthEstimator::OnDeadline(Timestamp now) {
  limit_.Pass(target_bps_, now);
  CheckSilence(now);
  BandwidthUpdate update;
  Note(probes_.Check(ProbeInput(now)), update);
  Finish(update);
  return update;
}

Timestamp BandwidthEstimator::deadline() const { return probes_.deadline(); }

BandwidthStats BandwidthEstimator::stats() const {
  return {.target_bps = target_bps_,
          .delay_bps = rate_.bps(),
          .loss_bps = loss_.bound_bps(),
          .remote_bps = remote_bps_,
          .acknowledged_bps = acknowledged_.BitsPerSecond(),
          .usage = delay_.usage(),
          .rtt = rtt_.value_or(kRttAtFirst),
          .loss = loss_.loss(),
          .application_limited = limit_.limited()};
}

void BandwidthEstimator::TakeArrivals(const FeedbackReport& report) {
  if (report.clock_leapt) acknowledged_.Reset();
  for (const PacketResult& packet : report.packets) {
    if (packet.arrival) acknowledged_.Add(packet.bytes, *packet.arrival);
  }
}

void BandwidthEstimator::TakeRtt(const FeedbackReport& report) {
  if (!report.rtt) return;
  rtt_ = rtt_ ? (*rtt_ * kRttSmoothing + *report.rtt) / kRttParts : *report.rtt;
}

void BandwidthEstimator::TakeDelay(const FeedbackReport& report) {
  uint64_t before = rate_.bps();
  AimdRateControl::Update update =
      rate_.Add({.now = report.now,
                 .usage = delay_.Add(report),
                 .acknowledged_bps = PassedOn(AcknowledgedBitrate::kWindow),
                 .recent_bps = PassedOn(AcknowledgedBitrate::kRecent),
                 .rtt = rtt_.value_or(kRttAtFirst),
                 .application_limited = limit_.limited(),
                 .overflows = loss_.loss() > loss_.own_loss() + LossControl::kHigh});
  if (update.decreased) probes_.Fell(before, ProbeInput(report.now));
}

void BandwidthEstimator::TakeProbe(const FeedbackReport& report, BandwidthUpdate& update) {
  std::optional<ProbeBitrate::Measured> measured = probe_bitrate_.Add(report);
  if (!measured) return;
  uint64_t bps = measured->bps;
  bool first = probes_.beginning();
  if (!first) bps = std::min(bps, Scaled(rate_.bps(), kProbeRaise));
  bool raises = bps > rate_.bps() && delay_.usage() != DelayUsage::kOveruse;
  if (raises || first) {
    rate_.SetEstimate(bps, report.now);
    loss_.Raise(bps);
  }
  ProbeController::Input input = ProbeInput(report.now);
  input.estimate_bps = rate_.bps();
  Note(probes_.Measured(measured->probe, measured->bps, input), update);
}

// What arrived, and what the path would have lost of anything: that much went through the queue.
std::optional<uint64_t> BandwidthEstimator::PassedOn(Duration window) const {
  std::optional<uint64_t> arrived = acknowledged_.BitsPerSecond(window);
  if (!arrived) return std::nullopt;
  return Scaled(*arrived, 1 / (1 - loss_.own_loss()));
}

void BandwidthEstimator::TakeLoss(const FeedbackReport& report) {
  uint64_t arrived = acknowledged_.BitsPerSecond().value_or(target_bps_);
  double share = std::max(1 - loss_.loss(), 0.1);
  uint64_t before = target_bps_;
  LossControl::Update update = loss_.Add({.now = report.now,
                                          .received = static_cast<uint32_t>(report.received),
                                          .lost = static_cast<uint32_t>(report.lost),
                                          .sent_bps = Scaled(arrived, 1 / share),
                                          .target_bps = rate_.bps(),
                                          .queue_fills = delay_.usage() == DelayUsage::kOveruse,
                                          .rtt = rtt_.value_or(kRttAtFirst)});
  if (update.decreased) probes_.Fell(before, ProbeInput(report.now));
}

// A path that takes everything and answers nothing gets less and less.
void BandwidthEstimator::CheckSilence(Timestamp now) {
  std::optional<Timestamp> sent = history_.newest();
  if (!heard_ || !sent || now - *heard_ < kSilence || *sent <= *heard_) return;
  heard_ = now;
  rate_.SetEstimate(Scaled(rate_.bps(), kSilenceShare), now);
}

void BandwidthEstimator::Finish(BandwidthUpdate& update) {
  uint64_t bps = rate_.bps();
  if (loss_.bound_bps()) bps = std::min(bps, *loss_.bound_bps());
  if (remote_bps_) bps = std::min(bps, *remote_bps_);
  bps = bounds_.Clamp(bps);
  update.changed = bps != target_bps_;
  update.target_bps = target_bps_ = bps;
}

void BandwidthEstimator::Note(const ProbePlan& plan, BandwidthUpdate& update) {
  for (const ProbeCluster& cluster : plan.list()) {
    probe_bitrate_.Begin(cluster);
    update.probes.Add(cluster);
  }
}

// What the delay said last is old when nobody answers any more: where nothing is sent nothing would
// ever contradict it, and only a probe can.
ProbeController::Input BandwidthEstimator::ProbeInput(Timestamp now) const {
  bool recent = heard_ && now - *heard_ < kUsageHolds;
  return {.now = now,
          .estimate_bps = target_bps_,
          .application_limited = limit_.limited(),
          .queue_fills = recent && delay_.usage() == DelayUsage::kOveruse};
}

}  // namespace millrace
