#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace millrace {

// What the delay says of the path.
enum class DelayUsage : uint8_t {
  kNormal,
  kOveruse,   // a queue fills
  kUnderuse,  // a queue drains
};

// Decides from the trend of the delay whether the path is overused
// (draft-ietf-rmcat-gcc-02 section 5.4). The threshold adapts: it opens while the path is noisy or
// shared with a flow that fills queues, so that the estimate is not starved, and closes when it is
// calm.
class OveruseDetector {
 public:
  // 5.4: the threshold stays within 6 and 600 ms, and begins at 12.5 ms.
  static constexpr double kThresholdMin = 6;
  static constexpr double kThresholdMax = 600;
  static constexpr double kThresholdAtFirst = 12.5;
  // A slope times the number of groups behind it is compared with the threshold, scaled so that the
  // thresholds of the draft fit.
  static constexpr double kGain = 4;
  static constexpr size_t kGroupsCounted = 60;
  // overuse_time_th in 5.4: the trend must be high for this long.
  static constexpr Duration kOveruseTime = Duration::Millis(10);

  struct Trend {
    double slope = 0;
    size_t groups = 0;
    Duration send_delta = {};
    Timestamp arrived = {};
  };
  DelayUsage Add(const Trend& trend);
  void Reset();

  [[nodiscard]] DelayUsage usage() const { return usage_; }
  [[nodiscard]] double threshold() const { return threshold_; }

 private:
  void Adapt(double trend, Timestamp arrived);

  DelayUsage usage_ = DelayUsage::kNormal;
  double threshold_ = kThresholdAtFirst;
  double last_slope_ = 0;
  Duration over_;  // how long the trend has been too high
  int over_count_ = 0;
  Timestamp adapted_;
  bool used_ = false;
};

}  // namespace millrace
