#include "simulation/lossy_link.h"

#include <algorithm>

namespace millrace {

LossyLink::LossyLink(const LinkConditions& conditions, uint64_t seed)
    : conditions_(conditions), random_(seed) {}

LossyLink::Arrivals LossyLink::Send(size_t bytes, Timestamp now) {
  Timestamp departure = std::max(now, line_free_at_);
  bool lost = Loses() || cut_;
  if (conditions_.bits_per_second != 0) {
    if (departure - now > conditions_.queue_max) lost = true;
    if (!lost) {
      auto us = static_cast<int64_t>(bytes * 8'000'000 / conditions_.bits_per_second);
      departure = departure + Duration::Micros(us);
      line_free_at_ = departure;
    }
  }
  if (lost) {
    ++lost_;
    return {};
  }
  Arrivals arrivals;
  arrivals.at[arrivals.count++] = ArrivalOf(departure);
  if (conditions_.duplicate > 0 && Happens(conditions_.duplicate)) {
    arrivals.at[arrivals.count++] = ArrivalOf(departure);
  }
  if (conditions_.stale > 0 && Happens(conditions_.stale)) {
    arrivals.at[arrivals.count++] = departure + conditions_.delay + conditions_.stale_after;
  }
  if (conditions_.corrupt > 0 && Happens(conditions_.corrupt)) {
    arrivals.flipped_bit = random_.Below(static_cast<uint32_t>(bytes) * 8);
    corrupted_ += arrivals.count;
  }
  return arrivals;
}

// Gilbert and Elliott's two states: in the bad one everything is lost. The chances to change are
// such that the mean loss and the mean length of a burst are the ones asked for.
bool LossyLink::Loses() {
  if (conditions_.loss <= 0) return false;
  if (conditions_.burst_length <= 1) return Happens(conditions_.loss);
  double begin = conditions_.loss / (conditions_.burst_length * (1 - conditions_.loss));
  double end = 1 / conditions_.burst_length;
  in_burst_ = in_burst_ ? !Happens(end) : Happens(begin);
  return in_burst_;
}

Timestamp LossyLink::ArrivalOf(Timestamp departure) {
  Timestamp arrival = departure + conditions_.delay;
  if (conditions_.jitter > Duration()) {
    auto spread = static_cast<uint32_t>(conditions_.jitter.us() * 2 + 1);
    arrival = arrival - conditions_.jitter + Duration::Micros(random_.Below(spread));
  }
  if (conditions_.reorder > 0 && Happens(conditions_.reorder)) {
    auto longest = static_cast<uint32_t>(conditions_.held_back.us() + 1);
    return arrival + Duration::Micros(random_.Below(longest));
  }
  newest_arrival_ = std::max(newest_arrival_, arrival);
  return newest_arrival_;
}

}  // namespace millrace
