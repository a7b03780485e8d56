#include "media/repair_delay.h"

#include <algorithm>

namespace millrace {
namespace {

// Share of the old value: a report speaks of some tens of packets, and a queue that overflows for a
// moment is not the path's own loss.
constexpr double kSmoothing = 0.7;
// More than this is no path's own loss, but a queue that overflows: waiting longer mends nothing.
constexpr double kOwnLossMax = 0.45;
// Until a loss is noticed: the packet behind it, and the wait for reordered ones.
constexpr Duration kNoticed = Duration::Millis(30);
// How often a lost packet is asked for until what still lacks is rare: a request and its answer
// come through with the square of what one does.
struct Rounds {
  double loss_min;
  int count;
};
constexpr Rounds kRounds[] = {{0.20, 4}, {0.08, 2}, {0.015, 1}};

}  // namespace

std::optional<Duration> RepairDelay::Update(const Leg& from_source, const Leg& to_viewer,
                                            Timestamp now) {
  if (from_source.loss > kOwnLossMax || to_viewer.loss > kOwnLossMax) return std::nullopt;
  from_source_.Add(from_source.loss);
  to_viewer_.Add(to_viewer.loss);
  Duration needed = TimeFor(from_source, from_source_.loss) + TimeFor(to_viewer, to_viewer_.loss);
  needed = std::min(needed, kMax);
  if (needed + kStep > delay_) needed_ = now;
  bool rises = needed >= delay_ + kStep;
  bool falls = needed + kStep <= delay_ && now - needed_ >= kFallAfter;
  if (!rises && !falls) return std::nullopt;
  delay_ = needed;
  return delay_;
}

Duration RepairDelay::TimeFor(const Leg& leg, double loss) {
  for (const Rounds& rounds : kRounds) {
    if (loss < rounds.loss_min) continue;
    return kNoticed + leg.rtt + std::max(leg.rtt, kAskAgain) * (rounds.count - 1);
  }
  return {};
}

void RepairDelay::Smoothed::Add(double value) {
  loss = kSmoothing * loss + (1 - kSmoothing) * std::clamp(value, 0.0, 1.0);
}

}  // namespace millrace
