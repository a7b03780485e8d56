#include "media/bwe/loss_control.h"

#include <algorithm>
#include <cmath>

namespace millrace {
namespace {

// Share of the old value in the long average of the loss.
constexpr double kSmoothing = 0.9;
// The bound is lifted when it stands so far above what the others allow that it bounds nothing.
constexpr double kLift = 1.5;
// No bound falls below this share of what arrives.
constexpr double kCarriedShare = 0.85;
// The longest time that is grown for at once.
constexpr Duration kRiseMax = Duration::Seconds(2);
// A sender that sends less than this share of what it may does not use it.
constexpr double kUsed = 0.5;

}  // namespace

LossControl::Update LossControl::Add(const Input& input) {
  packets_ += input.received + input.lost;
  lost_ += input.lost;
  queue_filled_ = queue_filled_ || input.queue_fills;
  decreased_ = false;
  if (!judged_) judged_ = input.now;
  bool due = packets_ >= kPacketsMin && input.now - *judged_ >= std::max(kInterval, input.rtt);
  if (due) Judge(input, input.now - *judged_);
  return {.bound_bps = bound_bps_, .decreased = decreased_};
}

void LossControl::Raise(uint64_t bps) {
  if (bound_bps_ && bps > *bound_bps_) bound_bps_ = bps;
}

void LossControl::Judge(const Input& input, Duration since_last) {
  uint32_t packets = packets_;
  uint32_t lost = lost_;
  loss_ = static_cast<double>(lost) / static_cast<double>(packets);
  packets_ = 0;
  lost_ = 0;
  judged_ = input.now;

  if (experiment_) JudgeExperiment(input, packets, lost);
  LearnOwnLoss();
  queue_filled_ = false;

  // What chance makes of the path's own loss is no excess: few packets prove little.
  double chance = std::sqrt(own_loss_ * (1 - own_loss_) / static_cast<double>(packets));
  double excess = std::max(0.0, loss_ - own_loss_ - chance);
  // A fall that was begun goes on until the loss is gone or found to be the path's own.
  // What is not used is not the cause, and making it less would change nothing.
  uint64_t allowed = std::min(bound_bps_.value_or(input.target_bps), input.target_bps);
  bool used = input.sent_bps > Scaled(allowed, kUsed);
  if (used && (excess > kHigh || (experiment_ && excess > kLow))) {
    // A link carries what arrives, however much too much was sent.
    uint64_t carried = Scaled(input.sent_bps, (1 - loss_) * kCarriedShare);
    uint64_t lower = std::max(Scaled(allowed, 1 - std::max(0.5 * excess, kFallMin)), carried);
    if (lower < allowed) Fall(input, lower);
  } else if (excess < kLow) {
    Rise(input, since_last);
  }
}

// Compares what is lost at the lower rate with what either cause would lose there.
void LossControl::JudgeExperiment(const Input& input, uint32_t packets, uint32_t lost) {
  Experiment& experiment = *experiment_;
  // Packets sent before the fall say nothing yet; a path that is not filled never will.
  constexpr Duration kPatience = Duration::Seconds(10);
  if (input.now - experiment.fell > kPatience) {
    experiment_.reset();
    return;
  }
  bool low_enough = input.sent_bps < Scaled(experiment.sent_bps, kExperimentShare);
  if (!low_enough || queue_filled_) return;
  experiment.packets += packets;
  experiment.lost += lost;
  if (experiment.packets < kExperimentPackets) return;

  double now_lost = static_cast<double>(experiment.lost) / static_cast<double>(experiment.packets);
  // A full link would have passed the same rate on as before, now without what was too much.
  double passed = static_cast<double>(experiment.sent_bps) * (1 - experiment.loss);
  double sent = static_cast<double>(std::max<uint64_t>(input.sent_bps, 1));
  double if_full = 1 - (1 - own_loss_) * std::min(1.0, passed / (1 - own_loss_) / sent);
  double if_own = experiment.loss;
  bool own = now_lost > (if_full + if_own) / 2;
  if (own) {
    own_loss_ = std::min(std::max(own_loss_, now_lost), kOwnLossMax);
    smoothed_loss_ = own_loss_;
    // Where so much more is lost that it would fall again, the fall stands.
    if (now_lost < own_loss_ + kHigh) bound_bps_.reset();
  }
  experiment_.reset();
}

// The path's own loss falls when it shows less, by and by, and never rises but by experiment.
void LossControl::LearnOwnLoss() {
  smoothed_loss_ = kSmoothing * smoothed_loss_ + (1 - kSmoothing) * loss_;
  own_loss_ = std::min(own_loss_, smoothed_loss_ + kLow);
}

// Section 6: half of the loss is taken off.
void LossControl::Fall(const Input& input, uint64_t bps) {
  if (!experiment_) {
    experiment_ = Experiment{.loss = loss_, .sent_bps = input.sent_bps, .fell = input.now};
  }
  experiment_->fell = input.now;
  bound_bps_ = std::max(bps, kBitrateMin);
  decreased_ = true;
}

// Section 6: a twentieth more, in each interval.
void LossControl::Rise(const Input& input, Duration time) {
  if (!bound_bps_) return;
  double intervals = std::min(time, kRiseMax).seconds() / kInterval.seconds();
  bound_bps_ = Scaled(*bound_bps_, std::pow(kGrowth, intervals));
  if (*bound_bps_ > Scaled(input.target_bps, kLift)) bound_bps_.reset();
}

}  // namespace millrace
