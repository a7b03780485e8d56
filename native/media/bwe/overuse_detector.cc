#include "media/bwe/overuse_detector.h"

#include <algorithm>
#include <cmath>

namespace millrace {
namespace {

// How fast the threshold opens and closes, a millisecond and a millisecond above or below it. It
// opens fast enough for a rival flow and closes a few times faster than it opens: the trendline's
// values are larger than the draft's (section 5.4, K_u and K_d), and leave their peaks soon.
constexpr double kOpening = 0.0087;
constexpr double kClosing = 0.039;
// 5.4: del_var_th is not updated when the trend is further from it than this: a sudden change is no
// property of the path.
constexpr double kOutlier = 15;
// The longest step of an adaptation.
constexpr int64_t kStepMsMax = 100;
constexpr Duration kStepMax = Duration::Millis(100);

}  // namespace

DelayUsage OveruseDetector::Add(const Trend& trend) {
  size_t groups = std::min(trend.groups, kGroupsCounted);
  double value = trend.slope * static_cast<double>(groups) * kGain;
  if (value > threshold_) {
    over_ = over_ + std::clamp(trend.send_delta, Duration(), kStepMax);
    ++over_count_;
    // 5.4: a trend that falls already is no overuse.
    if (over_ > kOveruseTime && over_count_ > 1 && trend.slope >= last_slope_) {
      over_ = Duration();
      over_count_ = 0;
      usage_ = DelayUsage::kOveruse;
    }
  } else {
    over_ = Duration();
    over_count_ = 0;
    usage_ = value < -threshold_ ? DelayUsage::kUnderuse : DelayUsage::kNormal;
  }
  last_slope_ = trend.slope;
  Adapt(value, trend.arrived);
  return usage_;
}

void OveruseDetector::Reset() { *this = OveruseDetector(); }

void OveruseDetector::Adapt(double trend, Timestamp arrived) {
  if (!used_) adapted_ = arrived;
  used_ = true;
  double size = std::abs(trend);
  if (size > threshold_ + kOutlier) {
    adapted_ = arrived;
    return;
  }
  double speed = size < threshold_ ? kClosing : kOpening;
  int64_t step_ms = std::clamp<int64_t>((arrived - adapted_).ms(), 0, kStepMsMax);
  threshold_ += speed * (size - threshold_) * static_cast<double>(step_ms);
  threshold_ = std::clamp(threshold_, kThresholdMin, kThresholdMax);
  adapted_ = arrived;
}

}  // namespace millrace
