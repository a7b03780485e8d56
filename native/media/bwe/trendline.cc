#include "media/bwe/trendline.h"

namespace millrace {
namespace {

double Milliseconds(Duration duration) { return static_cast<double>(duration.us()) / 1000; }

}  // namespace

void Trendline::Add(const GroupDelta& delta) {
  if (groups_ == 0) first_arrival_ = delta.arrived;
  ++groups_;
  sum_ms_ += Milliseconds(delta.arrival - delta.send);
  smoothed_ms_ = kSmoothing * smoothed_ms_ + (1 - kSmoothing) * sum_ms_;
  points_.Push({.time_ms = Milliseconds(delta.arrived - first_arrival_), .delay_ms = smoothed_ms_});
  if (points_.full()) slope_ = Fit();
}

void Trendline::Reset() { *this = Trendline(); }

double Trendline::Fit() const {
  double mean_time = 0;
  double mean_delay = 0;
  for (size_t i = 0; i < points_.size(); ++i) {
    mean_time += points_[i].time_ms;
    mean_delay += points_[i].delay_ms;
  }
  mean_time /= static_cast<double>(points_.size());
  mean_delay /= static_cast<double>(points_.size());
  double above = 0;
  double below = 0;
  for (size_t i = 0; i < points_.size(); ++i) {
    double time = points_[i].time_ms - mean_time;
    above += time * (points_[i].delay_ms - mean_delay);
    below += time * time;
  }
  // All at one time: there is no line, and what was believed stays.
  constexpr double kSpreadMin = 1e-3;
  return below < kSpreadMin ? slope_ : above / below;
}

}  // namespace millrace
