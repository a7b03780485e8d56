#include "media/bwe/probe_controller.h"

#include <algorithm>

namespace millrace {
namespace {

// How often Check wants to be called; a probe is no hurry.
constexpr Duration kCheckInterval = Duration::Millis(100);
// The estimate is back where it was when it has this share of it.
constexpr double kRecovered = 0.9;
// A probe has to promise at least this much more than the estimate.
constexpr double kWorth = 1.1;

}  // namespace

ProbePlan ProbeController::Begin(uint64_t initial_bps, Timestamp now) {
  ProbePlan plan;
  beginning_ = true;
  searching_ = true;
  unanswered_ = 0;
  next_check_ = now + kCheckInterval;
  probed_ = now;
  if (Limit() < Scaled(initial_bps, kWorth)) return plan;
  AddProbe(plan, Scaled(initial_bps, kFirst));
  if (last_bps_ < Limit()) AddProbe(plan, Scaled(initial_bps, kSecond));
  return plan;
}

ProbePlan ProbeController::Measured(ProbeId probe, uint64_t bps, const Input& input) {
  if (!waiting_ || probe != last_id_) return {};
  waiting_ = false;
  if (bps < Scaled(last_bps_, kCarried)) {
    beginning_ = false;
    return {};
  }
  if (last_bps_ >= Limit()) return {};
  return ProbeAt(Scaled(input.estimate_bps, kFurther), input.now);
}

void ProbeController::Fell(uint64_t from_bps, const Input& input) {
  beginning_ = false;
  fall_ = searching_ ? kFirstFall : kFall;
  searching_ = false;
  // What was being asked is answered.
  waiting_ = false;
  if (before_fall_bps_ == 0) {
    before_fall_bps_ = from_bps;
    pause_ = kAfterFall;
  }
  // The queue drains first.
  probed_ = std::max(probed_, input.now - pause_ + kAfterFall);
}

ProbePlan ProbeController::Check(const Input& input) {
  if (next_check_ == Timestamp::Never()) return {};
  next_check_ = input.now + kCheckInterval;
  if (waiting_ && input.now - probed_ > kPatience) {
    waiting_ = false;
    beginning_ = false;
    ++unanswered_;
  }
  bool recovered = input.estimate_bps > Scaled(before_fall_bps_, kRecovered);
  if (before_fall_bps_ != 0 && recovered) before_fall_bps_ = 0;
  bool in_vain = unanswered_ >= kUnansweredMax;
  if (waiting_ || in_vain || input.queue_fills || !IsDue(input)) return {};
  pause_ = std::min(pause_ + pause_ / 2, kPauseMax);
  wants_more_ = false;
  return ProbeAt(Scaled(input.estimate_bps, kFurther), input.now);
}

void ProbeController::SetWanted(uint64_t wanted_bps) {
  wants_more_ = wants_more_ || (wanted_bps_ && wanted_bps > Scaled(*wanted_bps_, kWorth));
  wanted_bps_ = wanted_bps;
}

bool ProbeController::IsDue(const Input& input) const {
  if (Limit() < Scaled(input.estimate_bps, kWorth)) return false;
  bool fell = input.estimate_bps < Scaled(before_fall_bps_, fall_);
  if (wants_more_ && (searching_ || input.application_limited)) return true;
  if (fell || searching_) return input.now - probed_ >= pause_;
  if (input.application_limited) return input.now - probed_ >= kLimitedPause;
  return false;
}

ProbePlan ProbeController::ProbeAt(uint64_t bps, Timestamp now) {
  ProbePlan plan;
  AddProbe(plan, bps);
  probed_ = now;
  return plan;
}

void ProbeController::AddProbe(ProbePlan& plan, uint64_t bps) {
  last_bps_ = std::min(bps, Limit());
  plan.Add(ProbeCluster::Of(++last_id_, last_bps_));
  waiting_ = true;
}

uint64_t ProbeController::Limit() const {
  if (!wanted_bps_) return bounds_.max_bps;
  return bounds_.Clamp(Scaled(*wanted_bps_, kWantedShare));
}

}  // namespace millrace
