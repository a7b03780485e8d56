#pragma once

#include <cstdint>
#include <limits>

#include "base/time.h"

namespace millrace {

// Decides when a source is asked for a key frame.
// Viewers ask independently; a source that obeyed all of them would send nothing else. The gate
// lets one request through per interval and remembers that another one is owed. A request that
// brings no key frame (one of the two was lost) is repeated by itself a few times.
//
//   idle --Ask: send--> waiting --KeyFrameReceived--> cooling --interval--> idle
//                       waiting --interval: send again, or after kRepeatsMax--> idle
//                       cooling --Ask: owed; interval: send--> waiting
//
// Pure: `now` is given, and the answer is returned. One gate for each source SSRC.
class KeyFrameGate {
 public:
  static constexpr Duration kInterval = Duration::Seconds(1);
  // RT-09: a blackout of five seconds ends with the picture back without a viewer asking again.
  static constexpr int kRepeatsMax = 5;

  explicit KeyFrameGate(Duration interval = kInterval) : interval_(interval) {}

  // Somebody needs a key frame. True: send the request now.
  [[nodiscard]] bool Ask(Timestamp now);
  // A key frame has begun to arrive; nothing is owed any more.
  void KeyFrameReceived();
  // True: send the request now.
  [[nodiscard]] bool OnDeadline(Timestamp now);
  // Forgets what is owed, for a paused source; the interval stays.
  void Cancel();

  [[nodiscard]] Timestamp deadline() const { return owed_ ? next_ : Timestamp::Never(); }

 private:
  void Sent(Timestamp now);

  Duration interval_;
  // No request before this.
  Timestamp next_ = Timestamp::Micros(std::numeric_limits<int64_t>::min());
  bool owed_ = false;  // a request is to be sent at `next_`
  int repeats_ = 0;
};

}  // namespace millrace
