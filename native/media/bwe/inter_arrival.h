#pragma once

#include <optional>

#include "base/time.h"

namespace millrace {

// How two groups of packets that followed each other differ in time.
struct GroupDelta {
  Duration send = {};
  Duration arrival = {};
  Timestamp arrived = {};  // the later group, on the receiver's clock
};

// Groups packets into bursts and compares each burst with the one before it
// (draft-ietf-rmcat-gcc-02 sections 5.1 and 5.2). Packets are given in the order they were sent.
class InterArrival {
 public:
  // burst_time in 5.2: packets that leave within it are one group.
  static constexpr Duration kBurst = Duration::Millis(5);
  // A radio that hands over what it had stored makes one group of it, up to this length.
  static constexpr Duration kBurstMax = Duration::Millis(100);
  // So many groups in a row that arrived before their predecessors are a new beginning.
  static constexpr int kReorderedMax = 3;
  // No true path changes by more than this between two groups.
  static constexpr Duration kDeltaMax = Duration::Seconds(3);

  // The difference of the last two complete groups, when this packet begins a new one.
  [[nodiscard]] std::optional<GroupDelta> Add(Timestamp sent, Timestamp arrival);
  void Reset();

 private:
  struct Group {
    Timestamp first_sent = {};
    Timestamp last_sent = {};
    Timestamp first_arrival = {};
    Timestamp last_arrival = {};
  };

  [[nodiscard]] bool BelongsToCurrent(Timestamp sent, Timestamp arrival) const;

  std::optional<Group> current_;
  std::optional<Group> previous_;
  int reordered_ = 0;
};

}  // namespace millrace
