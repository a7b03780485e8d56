#pragma once

#include <cstdint>
#include <optional>

#include "base/prefetch.h"
#include "base/time.h"
#include "media/bwe/acknowledged_bitrate.h"
#include "media/bwe/aimd_rate_control.h"
#include "media/bwe/application_limit.h"
#include "media/bwe/bitrate.h"
#include "media/bwe/delay_detector.h"
#include "media/bwe/feedback_reader.h"
#include "media/bwe/loss_control.h"
#include "media/bwe/probe_bitrate.h"
#include "media/bwe/probe_controller.h"
#include "media/bwe/sent_packet_history.h"
#include "wire/rtcp/transport_feedback.h"

namespace millrace {

// Which of the peer's messages the estimate comes from.
enum class BandwidthSource : uint8_t {
  kTransportFeedback,  // the peer tells when packets came, and we estimate
  kRemb,               // the peer estimates
};

struct BandwidthSettings {
  BandwidthSource source = BandwidthSource::kTransportFeedback;
  uint64_t initial_bps = kInitialBitrate;
  uint64_t min_bps = 0;  // min outgoing bitrate; 0: none
  uint64_t max_bps = 0;  // max outgoing bitrate; 0: none
};

// What holds after an input.
struct BandwidthUpdate {
  uint64_t target_bps = 0;  // all of it: media, retransmissions, padding
  bool changed = false;     // the target is another one than before
  ProbePlan probes = {};    // to be handed to the pacer
};

// What statistics and trace events tell.
struct BandwidthStats {
  uint64_t target_bps = 0;
  uint64_t delay_bps = 0;                   // what the delay allows
  std::optional<uint64_t> loss_bps = {};    // what the loss allows; nothing: no bound
  std::optional<uint64_t> remote_bps = {};  // what the peer allows (REMB)
  std::optional<uint64_t> acknowledged_bps = {};
  DelayUsage usage = DelayUsage::kNormal;
  Duration rtt = {};
  double loss = 0;
  bool application_limited = false;
};

// Estimates how much may be sent to one peer, from its feedback
// (draft-ietf-rmcat-gcc-02 with a trendline): the delay proposes, loss and the peer's own REMB
// bound, probes find what is free. Owns all its parts and never sends: probes and targets are
// returned. Every input is taken as hostile: whatever is fed, the target stays within its bounds.
class BandwidthEstimator {
 public:
  explicit BandwidthEstimator(const BandwidthSettings& settings);

  // The path can carry media: the first probes.
  [[nodiscard]] BandwidthUpdate OnReady(Timestamp now);
  // A packet with a transport-wide sequence number leaves. Hot path.
  void OnSent(const SentPacket& packet);
  // OnSent will be called soon.
  void PrefetchSent() const {
    history_.PrefetchNext();
    Prefetch(&limit_, sizeof(limit_));
  }
  [[nodiscard]] BandwidthUpdate OnFeedback(const TransportFeedback& feedback, Timestamp now);
  // The peer's own estimate, of all its streams together.
  [[nodiscard]] BandwidthUpdate OnRemb(uint64_t bps, Timestamp now);
  // What the controller allows; 0: no bound.
  [[nodiscard]] BandwidthUpdate OnBounds(uint64_t min_bps, uint64_t max_bps);
  // What all consumers could use together, of the allocator: no probe goes far beyond it.
  void OnWanted(uint64_t wanted_bps);
  [[nodiscard]] BandwidthUpdate OnDeadline(Timestamp now);

  [[nodiscard]] Timestamp deadline() const;
  [[nodiscard]] uint64_t target_bps() const { return target_bps_; }
  // The peer has answered.
  [[nodiscard]] bool heard() const { return heard_.has_value(); }
  [[nodiscard]] BandwidthStats stats() const;

 private:
  void TakeArrivals(const FeedbackReport& report);
  void TakeRtt(const FeedbackReport& report);
  void TakeProbe(const FeedbackReport& report, BandwidthUpdate& update);
  void TakeDelay(const FeedbackReport& report);
  [[nodiscard]] std::optional<uint64_t> PassedOn(Duration window) const;
  void TakeLoss(const FeedbackReport& report);
  void CheckSilence(Timestamp now);
  void Finish(BandwidthUpdate& update);
  void Note(const ProbePlan& plan, BandwidthUpdate& update);
  [[nodiscard]] ProbeController::Input ProbeInput(Timestamp now) const;

  BandwidthSource source_;
  BitrateBounds bounds_;
  uint64_t target_bps_;
  SentPacketHistory history_;
  FeedbackReader reader_;
  DelayDetector delay_;
  AcknowledgedBitrate acknowledged_;
  AimdRateControl rate_;
  LossControl loss_;
  ApplicationLimit limit_;
  ProbeBitrate probe_bitrate_;
  ProbeController probes_;
  std::optional<uint64_t> remote_bps_;
  std::optional<Duration> rtt_;
  std::optional<Timestamp> heard_;  // the last feedback, or the last time its absence was answered
};

}  // namespace millrace
