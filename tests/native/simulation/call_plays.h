#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/time.h"
#include "simulation/call.h"
#include "simulation/scenario.h"

namespace millrace {

// Plays of scenarios over one or more calls on the whole worker (simulation.h).
using Play = std::function<Figures(uint64_t seed)>;

// The network is the same all the time: a minute of it, or what is said.
[[nodiscard]] Play Steady(const NetworkPath& publisher, const NetworkPath& viewer,
                          Duration watched = Duration::Seconds(60));

// Who is cut off, for how long, and what the network is like before and after.
struct Blackout {
  bool publisher = false;
  bool viewer = false;
  Duration length;
  LinkConditions otherwise{};
};
[[nodiscard]] Play CutOff(const Blackout& blackout);

// A stream with these first numbers, and a path with loss and another order for the publisher.
[[nodiscard]] Play BeginAt(uint16_t sequence, uint32_t timestamp, const LinkConditions& publisher);
// The worker's clock starts a minute before this one wraps.
[[nodiscard]] Play AcrossTimerWrap(uint64_t wrap_ms);

// --- sequence numbers
[[nodiscard]] Figures FirstTenPacketsLost(uint64_t seed);
[[nodiscard]] Figures LateJoinerAfterWrap(uint64_t seed);
[[nodiscard]] Figures VideoWrapsAudioDoesNot(uint64_t seed);
[[nodiscard]] Figures SameSsrcPublishedAnew(uint64_t seed);
[[nodiscard]] Figures FirstNumbersOfManyConsumers(uint64_t seed);

// --- requests
[[nodiscard]] Figures FiveHundredKeyFrameRequests(uint64_t seed);
[[nodiscard]] Figures FloodOfNacks(uint64_t seed);
[[nodiscard]] Figures StreamBeginsWithoutItsKeyFrame(uint64_t seed);
[[nodiscard]] Figures LateViewersOnABadNetwork(uint64_t seed);
[[nodiscard]] Figures NobodyWatches(uint64_t seed);

// --- the controller, and time
[[nodiscard]] Figures ConsumerPausedAndResumed(uint64_t seed);
[[nodiscard]] Figures ProducerPausedAndResumed(uint64_t seed);
[[nodiscard]] Figures PausedWithoutNetwork(uint64_t seed);
[[nodiscard]] Figures ThingsCloseInTheMiddle(uint64_t seed);
[[nodiscard]] Figures HoursPassInASleep(uint64_t seed);
[[nodiscard]] Figures WeeksOfSilence(uint64_t seed);

// --- other calls
[[nodiscard]] Figures AudioAlone(uint64_t seed);
[[nodiscard]] Figures ViewersOfAllKinds(uint64_t seed);
[[nodiscard]] Figures EachSeesTheOthers(uint64_t seed);
[[nodiscard]] Figures NetworkGetsWorseAndBetter(uint64_t seed);

}  // namespace millrace
