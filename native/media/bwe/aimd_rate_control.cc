#include "media/bwe/aimd_rate_control.h"

#include <algorithm>
#include <cmath>

namespace millrace {
namespace {

// The response time of 5.5 is this and the round trip: what a receiver waits with its feedback, and
// the way.
constexpr Duration kFeedbackTime = Duration::Millis(100);
// No path's answer is waited for longer.
constexpr Duration kResponseMax = Duration::Seconds(2);
// 5.5: the step is half a packet a response time, of a packet as large as the frames of this rate.
constexpr double kFramesPerSecond = 30;
constexpr double kPacketBits = 1200 * 8;
constexpr double kStepBpsMin = 1000;
// 5.5: the exponential smoothing factor of the ceiling is 0.95 for the old value.
constexpr double kSmoothing = 0.95;
// A ceiling holds within three standard deviations (5.5).
constexpr double kDeviations = 3;
// Bounds of the normalized variance: a standard deviation of 14 to 35 kbit/s at 500 kbit/s.
constexpr double kVarianceMin = 0.4;
constexpr double kVarianceMax = 2.5;
// So much less or more than usual arrived of late: the path or the sender is another one now, and
// half a second's average is history. What lies between is the noise of a short time.
constexpr double kBroke = 0.7;
constexpr double kRose = 1.2;
// The rate may lead what arrives by at least this much, or a silent stream could never begin.
constexpr uint64_t kLeadBpsMin = 10'000;

}  // namespace

AimdRateControl::AimdRateControl(uint64_t initial_bps, BitrateBounds bounds)
    : bounds_(bounds), bps_(bounds.Clamp(initial_bps)) {}

AimdRateControl::Update AimdRateControl::Add(const Input& input) {
  bool decreased = false;
  switch (input.usage) {
    case DelayUsage::kOveruse:
      decreased = Decrease(input);
      break;
    case DelayUsage::kUnderuse:
      state_ = State::kHold;
      break;
    case DelayUsage::kNormal:
      // From Decrease through Hold: the queue that was seen has to drain first.
      state_ = state_ == State::kDecrease ? State::kHold : State::kIncrease;
      if (state_ == State::kIncrease) Increase(input);
      break;
  }
  updated_ = input.now;
  return {.bps = bps_, .decreased = decreased};
}

void AimdRateControl::SetEstimate(uint64_t bps, Timestamp now) {
  bps_ = bounds_.Clamp(bps);
  updated_ = now;
}

void AimdRateControl::SetBounds(BitrateBounds bounds) {
  bounds_ = bounds;
  bps_ = bounds_.Clamp(bps_);
}

void AimdRateControl::Increase(const Input& input) {
  if (!updated_) return;
  double acknowledged = static_cast<double>(input.acknowledged_bps.value_or(bps_)) / 1000;
  if (ceiling_ && ceiling_->IsBelow(acknowledged)) ceiling_.reset();

  double seconds = std::clamp((input.now - *updated_).seconds(), 0.0, 1.0);
  double bps = static_cast<double>(bps_);
  double grown = ceiling_ ? bps + AdditiveStep(input) * seconds
                          : bps * std::pow(kGrowthPerSecond, seconds) + kStepBpsMin * seconds;
  // A sender that does not use its estimate learns nothing by raising it.
  double limit = input.acknowledged_bps
                     ? kLead * static_cast<double>(*input.acknowledged_bps + kLeadBpsMin)
                     : bps;
  if (input.application_limited) limit = std::min(limit, bps);
  bps_ = bounds_.Clamp(BitrateFrom(std::max(bps, std::min(grown, limit))));
}

bool AimdRateControl::Decrease(const Input& input) {
  // One queue is answered once: the next answer waits until the path could show the first one.
  Duration wait = std::clamp(input.rtt, Duration::Millis(10), kResponseMax) + kFeedbackTime;
  uint64_t arrived = input.acknowledged_bps.value_or(bps_);
  bool changed = input.recent_bps && (*input.recent_bps < Scaled(arrived, kBroke) ||
                                      *input.recent_bps > Scaled(arrived, kRose));
  bool shrank = changed && *input.recent_bps < arrived;
  if (changed) arrived = *input.recent_bps;
  // What arrives of a sender that does not use its estimate says what it sends, and not what the
  // path carries: a probe that filled the queue must not cost the estimate. A queue that overflows
  // is another matter: it is full even so.
  bool unused = input.application_limited && !shrank && !input.overflows;
  bool collapsed = arrived < bps_ / 2 && !unused;
  if (decreased_ && input.now - *decreased_ < wait && !collapsed) return false;

  state_ = State::kDecrease;
  double kbps = static_cast<double>(arrived) / 1000;
  if (ceiling_ && ceiling_->IsAbove(kbps)) ceiling_.reset();
  if (!ceiling_) ceiling_ = Ceiling{.average_kbps = kbps, .variance = kVarianceMin};
  ceiling_->Add(kbps);

  uint64_t lower = Scaled(arrived, kBeta);
  if (unused) lower = std::max(lower, Scaled(bps_, kBeta));
  decreased_ = input.now;
  if (lower >= bps_) return false;
  bps_ = bounds_.Clamp(lower);
  return true;
}

// In bits a second, each second.
double AimdRateControl::AdditiveStep(const Input& input) const {
  double frame_bits = static_cast<double>(bps_) / kFramesPerSecond;
  double packets = std::max(1.0, std::ceil(frame_bits / kPacketBits));
  Duration response = std::clamp(input.rtt, Duration(), kResponseMax) + kFeedbackTime;
  return std::max(kStepBpsMin, frame_bits / packets / response.seconds());
}

void AimdRateControl::Ceiling::Add(double kbps) {
  average_kbps = kSmoothing * average_kbps + (1 - kSmoothing) * kbps;
  double norm = std::max(average_kbps, 1.0);
  double difference = average_kbps - kbps;
  variance = kSmoothing * variance + (1 - kSmoothing) * difference * difference / norm;
  variance = std::clamp(variance, kVarianceMin, kVarianceMax);
}

bool AimdRateControl::Ceiling::IsBelow(double kbps) const {
  return kbps > average_kbps + kDeviations * std::sqrt(variance * average_kbps);
}

bool AimdRateControl::Ceiling::IsAbove(double kbps) const {
  return kbps < average_kbps - kDeviations * std::sqrt(variance * average_kbps);
}

}  // namespace millrace
