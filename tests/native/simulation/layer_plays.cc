#include "simulation/layer_plays.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "simulation/layered_call.h"
#include "simulation/thin_call.h"

namespace millrace {
namespace {

Timestamp At(int64_t seconds) { return Timestamp() + Duration::Seconds(seconds); }

double SecondsOf(Duration duration) { return static_cast<double>(duration.us()) / 1e6; }

// Until a condition holds, or the deadline.
template <typename Call, typename Condition>
Duration RunUntil(Call& call, Duration longest, Condition&& holds) {
  Timestamp from = call.now();
  while (!holds() && call.now() - from < longest) call.Run(Duration::Millis(10));
  return call.now() - from;
}

}  // namespace

std::function<Figures(uint64_t seed)> LayersStop(LayeredKind kind) {
  return [kind](uint64_t seed) {
    LayeredCall call(seed, kind, {}, {});
    call.Run(Duration::Seconds(3));
    Timestamp from = call.now();
    Figures figures{.packets = 1, .recovery = Duration()};
    for (uint8_t left : {uint8_t{2}, uint8_t{1}}) {
      call.SetSpatialLayers(left);
      Timestamp stopped = call.now();
      size_t events = call.layer_events();
      auto lower = static_cast<uint8_t>(left - 1);
      // A source of a dependency descriptor says itself that the layer ends.
      Duration took = RunUntil(call, Duration::Seconds(4), [&] {
        return call.current()->spatial == lower && call.ShownWith(lower, stopped) > 0;
      });
      EXPECT_GT(call.layer_events(), events);
      figures.recovery = std::max(*figures.recovery, took);
      call.Run(Duration::Seconds(2));
    }
    call.SetSpatialLayers(3);
    call.Run(Duration::Seconds(3));
    EXPECT_EQ(call.current(), (Layers{2, 2}));
    EXPECT_EQ(call.broken(), "");
    figures.freeze = call.LongestFreeze(from);
    figures.key_frames = static_cast<double>(call.key_frame_requests());
    figures.packets = call.ShownWith(0, from) + call.ShownWith(1, from) + call.ShownWith(2, from);
    return figures;
  };
}

std::function<Figures(uint64_t seed)> RateDrops(uint64_t wide_bps, uint64_t thin_bps,
                                                Duration queue) {
  return [=](uint64_t seed) {
    ThinCall call(
        {.rates = {{At(0), wide_bps}, {At(15), thin_bps}, {At(35), wide_bps}}, .queue = queue},
        seed);
    call.Watch(call.AddCamera());
    const ThinPicture& picture = call.picture(0);
    call.Run(Duration::Seconds(15));
    int top = picture.LayerAt(call.now());
    Timestamp shrank = call.now();
    (void)call.TakeQueueMax();
    call.Run(Duration::Seconds(20));
    Timestamp lowest = picture.SteadyFrom(0, shrank);
    Duration waited = call.TakeQueueMax();
    Timestamp widened = call.now();
    call.Run(Duration::Seconds(25));
    Timestamp back = picture.SteadyFrom(static_cast<uint8_t>(std::max(top, 0)), widened);
    EXPECT_GE(top, 1);
    EXPECT_LE(SecondsOf(lowest - shrank), 3.0);
    EXPECT_LE(waited, Duration::Millis(500));
    char note[128];
    std::snprintf(note, sizeof(note), "layer %d, lowest %.1f s after the fall, queue %d ms", top,
                  SecondsOf(lowest - shrank), static_cast<int>(waited.ms()));
    return Figures{.packets = 1,
                   .freeze = picture.LongestFreeze(call.start() + Duration::Seconds(1), call.now()),
                   .recovery = back - widened,
                   .note = note};
  };
}

Figures NothingFits(uint64_t seed) {
  ThinCall call({.rates = {{At(0), 3'000'000}, {At(5), 60'000}, {At(15), 1'000'000}}}, seed);
  call.Watch(call.AddCamera());
  call.Run(Duration::Seconds(15));
  EXPECT_LT(call.target_bps(), 150'000u);
  Duration took = RunUntil(call, Duration::Seconds(20),
                           [&] { return call.picture(0).LayerAt(call.now()) >= 0; });
  call.Run(Duration::Seconds(5));
  EXPECT_GE(call.picture(0).LayerAt(call.now()), 0);
  return {.packets = 1, .recovery = took};
}

}  // namespace millrace
