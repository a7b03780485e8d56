#include "media/reordering_delay.h"

#include <algorithm>

namespace millrace {
namespace {

// Steps up and down as nineteen to one, so that they balance where one in twenty comes later.
constexpr Duration kUp = Duration::Micros(4750);
constexpr Duration kDown = Duration::Micros(250);
// What was learnt is half forgotten when nothing came late for so long.
constexpr Duration kHalfLife = Duration::Seconds(5);
constexpr int64_t kHalvesMax = 8;

}  // namespace

void ReorderingDelay::CameLate(Duration lateness, Timestamp now) {
  delay_ = At(now);
  Move(lateness > delay_ ? kUp : Duration() - kDown, now);
}

void ReorderingDelay::CameAfterRepair(Timestamp now) {
  delay_ = At(now);
  Move(kUp, now);
}

void ReorderingDelay::WasLost() { delay_ = std::max(delay_ - kDown, kMin); }

Duration ReorderingDelay::At(Timestamp now) const {
  int64_t halves = std::min((now - last_late_).us() / kHalfLife.us(), kHalvesMax);
  Duration above = delay_ - kMin;
  for (; halves > 0; --halves) above = above / 2;
  return kMin + above;
}

void ReorderingDelay::Move(Duration step, Timestamp now) {
  delay_ = std::clamp(delay_ + step, kMin, kMax);
  last_late_ = now;
}

}  // namespace millrace
