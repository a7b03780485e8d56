#pragma once

#include <cstddef>

#include "base/ring.h"
#include "base/time.h"
#include "media/bwe/inter_arrival.h"

namespace millrace {

// The slope of the one-way delay: how fast a queue on the path fills (above zero) or drains.
// Sums up the differences between groups, smooths the sum, and lays a straight line through its
// newest points by least squares.
class Trendline {
 public:
  // A line through the last twenty groups sees a queue of one frame, and not one packet's jitter.
  static constexpr size_t kPoints = 20;
  // Share of the old value in the smoothed delay.
  static constexpr double kSmoothing = 0.9;

  void Add(const GroupDelta& delta);
  void Reset();

  // In milliseconds a millisecond, so between -1 and 1 but for bursts; 0 until there are points
  // enough.
  [[nodiscard]] double slope() const { return slope_; }
  // Groups compared since the beginning.
  [[nodiscard]] size_t groups() const { return groups_; }

 private:
  struct Point {
    double time_ms = 0;
    double delay_ms = 0;
  };

  [[nodiscard]] double Fit() const;

  Ring<Point, kPoints> points_;
  Timestamp first_arrival_;
  size_t groups_ = 0;
  double sum_ms_ = 0;
  double smoothed_ms_ = 0;
  double slope_ = 0;
};

}  // namespace millrace
