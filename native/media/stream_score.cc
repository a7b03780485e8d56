#include "media/stream_score.h"

#include <algorithm>
#include <cmath>

namespace millrace {

std::optional<uint8_t> StreamScore::Update(const Delivery& delivery) {
  reports_[next_] = ScoreOf(delivery);
  next_ = (next_ + 1) % kReports;
  count_ = std::min(count_ + 1, kReports);

  // The oldest report weighs 1, the newest `count_`.
  size_t sum = 0;
  size_t weights = 0;
  for (size_t i = 0; i < count_; ++i) {
    size_t weight = i + 1;
    sum += weight * reports_[(next_ + kReports - count_ + i) % kReports];
    weights += weight;
  }
  uint8_t mean = static_cast<uint8_t>((2 * sum + weights) / (2 * weights));
  if (mean == value_) return std::nullopt;
  value_ = mean;
  return value_;
}

std::optional<uint8_t> StreamScore::Reset(uint8_t value) {
  count_ = 0;
  next_ = 0;
  if (value == value_) return std::nullopt;
  value_ = value;
  return value_;
}

uint8_t ScoreOf(const StreamScore::Delivery& delivery) {
  if (delivery.expected == 0) return StreamScore::kMax;
  double expected = static_cast<double>(delivery.expected);
  double lost = static_cast<double>(std::min(delivery.lost, delivery.expected)) / expected;
  double repaired = std::min(static_cast<double>(delivery.repaired) / expected, lost);

  // A repaired packet counts as (1 / (1 + repaired))^4 of one that came at once: nearly whole while
  // repairs are rare, a third of one when every third packet needs it.
  double damping = 1 + repaired;
  double credit = 1 / (damping * damping * damping * damping);
  double delivered = 1 - lost + repaired * credit;
  double score = delivered * delivered * delivered * delivered * StreamScore::kMax;
  return static_cast<uint8_t>(std::lround(std::clamp(score, 0.0, double{StreamScore::kMax})));
}

}  // namespace millrace
