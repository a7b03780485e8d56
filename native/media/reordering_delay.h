#pragma once

#include "base/time.h"

namespace millrace {

// How long a packet that was overtaken is waited for before it is asked for. Learnt from how late
// such packets come by themselves: so long that about one in twenty of them is asked for
// needlessly, and on a path that keeps the order no longer than the least.
class ReorderingDelay {
 public:
  static constexpr Duration kMin = Duration::Millis(10);
  // A viewer does not wait longer for a packet that is lost indeed.
  static constexpr Duration kMax = Duration::Millis(120);

  // A packet came by itself so long after it had been overtaken.
  void CameLate(Duration lateness, Timestamp now);
  // It came by itself, but only after its repair.
  void CameAfterRepair(Timestamp now);
  // It did not come before it was asked for, and then was repaired.
  void WasLost();

  [[nodiscard]] Duration At(Timestamp now) const;

 private:
  void Move(Duration step, Timestamp now);

  Duration delay_ = kMin;
  Timestamp last_late_;
};

}  // namespace millrace
