#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "media/bwe/bitrate.h"

namespace millrace {

// The upper bound that loss puts on the rate (draft-ietf-rmcat-gcc-02 section 6): under 2 % of loss
// it grows, over 10 % it falls, between them it stays; while there is no trouble there is no bound.
// The draft takes all loss for congestion, and a radio that loses every tenth packet would be
// driven to nothing. So a fall is an experiment here, carried on until it tells: when the loss does
// not shrink as a full link's would have, it was not ours; it is remembered as the path's own, the
// fall is taken back, and from then on only loss beyond it counts.
class LossControl {
 public:
  // Section 6: under 2 % the bound grows, over 10 % it falls.
  static constexpr double kLow = 0.02;
  static constexpr double kHigh = 0.10;
  static constexpr double kGrowth = 1.05;
  // The least that one fall takes off.
  static constexpr double kFallMin = 0.05;
  // A path that loses more than this by itself carries no call: beyond it all loss is congestion.
  static constexpr double kOwnLossMax = 0.30;
  // One judgement needs this many packets and this much time.
  static constexpr uint32_t kPacketsMin = 40;
  static constexpr Duration kInterval = Duration::Millis(500);
  // An experiment is judged when the sent rate has fallen to this share.
  static constexpr double kExperimentShare = 0.85;
  static constexpr uint32_t kExperimentPackets = 80;

  struct Input {
    Timestamp now = {};
    uint32_t received = 0;
    uint32_t lost = 0;
    uint64_t sent_bps = 0;     // what of late was sent, by the same feedback
    uint64_t target_bps = 0;   // what the other parts allow
    bool queue_fills = false;  // the delay says that the link is full
    Duration rtt = {};
  };
  // The bound changed, or fell.
  struct Update {
    std::optional<uint64_t> bound_bps = {};  // nothing: none
    bool decreased = false;
  };
  [[nodiscard]] Update Add(const Input& input);
  // So much came through, whatever was lost before.
  void Raise(uint64_t bps);

  // Of the last judgement, 0..1.
  [[nodiscard]] double loss() const { return loss_; }
  // What the path loses whatever we send, 0..kOwnLossMax.
  [[nodiscard]] double own_loss() const { return own_loss_; }
  [[nodiscard]] std::optional<uint64_t> bound_bps() const { return bound_bps_; }

 private:
  // The rate and the loss before the first fall of a row.
  struct Experiment {
    double loss = 0;
    uint64_t sent_bps = 0;
    Timestamp fell = {};   // the last time
    uint32_t packets = 0;  // counted since the rate is low enough
    uint32_t lost = 0;
  };

  void Judge(const Input& input, Duration since_last);
  void JudgeExperiment(const Input& input, uint32_t packets, uint32_t lost);
  void LearnOwnLoss();
  void Fall(const Input& input, uint64_t bps);
  void Rise(const Input& input, Duration time);

  std::optional<uint64_t> bound_bps_;
  std::optional<Experiment> experiment_;
  double loss_ = 0;
  double own_loss_ = 0;
  double smoothed_loss_ = 0;
  uint32_t packets_ = 0;
  uint32_t lost_ = 0;
  bool queue_filled_ = false;
  bool decreased_ = false;
  std::optional<Timestamp> judged_;
};

}  // namespace millrace
