#include "media/bwe/inter_arrival.h"

#include <algorithm>

namespace millrace {

std::optional<GroupDelta> InterArrival::Add(Timestamp sent, Timestamp arrival) {
  Group begun{sent, sent, arrival, arrival};
  if (!current_) {
    current_ = begun;
    return std::nullopt;
  }
  // Left before the group: it came late, in the feedback of others.
  if (sent < current_->first_sent) return std::nullopt;
  if (BelongsToCurrent(sent, arrival)) {
    current_->last_sent = std::max(current_->last_sent, sent);
    current_->last_arrival = std::max(current_->last_arrival, arrival);
    return std::nullopt;
  }

  std::optional<GroupDelta> delta;
  if (previous_) {
    delta = GroupDelta{.send = current_->last_sent - previous_->last_sent,
                       .arrival = current_->last_arrival - previous_->last_arrival,
                       .arrived = current_->last_arrival};
    bool wild =
        delta->arrival - delta->send > kDeltaMax || delta->send - delta->arrival > kDeltaMax;
    if (wild) {
      Reset();
      current_ = begun;
      return std::nullopt;
    }
    if (delta->arrival.us() < 0) {
      delta.reset();
      if (++reordered_ >= kReorderedMax) {
        Reset();
        current_ = begun;
        return std::nullopt;
      }
    } else {
      reordered_ = 0;
    }
  }
  previous_ = current_;
  current_ = begun;
  return delta;
}

void InterArrival::Reset() { *this = InterArrival(); }

bool InterArrival::BelongsToCurrent(Timestamp sent, Timestamp arrival) const {
  if (sent - current_->first_sent <= kBurst) return true;
  // 5.2: so does a packet that arrives right behind its group, and less late than it left.
  Duration gap = arrival - current_->last_arrival;
  bool shrank = gap < sent - current_->last_sent;
  // A little earlier than its group is another order; much earlier is another clock.
  bool near = gap <= kBurst && gap > Duration() - kBurstMax;
  return near && shrank && arrival - current_->first_arrival < kBurstMax;
}

}  // namespace millrace
