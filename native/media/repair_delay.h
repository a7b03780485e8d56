#pragma once

#include <optional>

#include "base/time.h"

namespace millrace {

// How long a viewer should hold a picture back, so that what was lost on either leg of its way can
// be sent again before its turn comes.
// A receiver learns its jitter, but a browser that only receives does not know its round trip, and
// shows a picture that stands still at each loss. Nothing is asked for where nothing is lost: the
// delay is paid for by those who need it. Rises at once, falls after a while.
class RepairDelay {
 public:
  // Beyond this nobody can talk.
  static constexpr Duration kMax = Duration::Seconds(1);
  // The receiver is told tens of milliseconds; smaller steps are not worth a word.
  static constexpr Duration kStep = Duration::Millis(50);
  // A lower need must last so long before it is believed.
  static constexpr Duration kFallAfter = Duration::Seconds(10);
  // A receiver without a round trip asks again after its own guess at it.
  static constexpr Duration kAskAgain = Duration::Millis(100);

  // One leg: from the source to us, or from us to the viewer.
  struct Leg {
    Duration rtt = {};
    double loss = 0;  // of first transmissions, 0..1
  };

  // One call for each report of the viewer; the delay to tell it from now on, if it changed.
  [[nodiscard]] std::optional<Duration> Update(const Leg& from_source, const Leg& to_viewer,
                                               Timestamp now);
  [[nodiscard]] Duration delay() const { return delay_; }

 private:
  struct Smoothed {
    double loss = 0;
    void Add(double loss);
  };
  [[nodiscard]] static Duration TimeFor(const Leg& leg, double loss);

  Smoothed from_source_;
  Smoothed to_viewer_;
  Duration delay_;
  Timestamp needed_;  // when the delay was needed last
};

}  // namespace millrace
