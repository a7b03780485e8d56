#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "simulation/simulation.h"

namespace millrace {

// Both directions between a peer and the worker.
struct NetworkPath {
  LinkConditions up{};
  LinkConditions down{};

  NetworkPath(const LinkConditions& both) : up(both), down(both) {}
  NetworkPath(const LinkConditions& up, const LinkConditions& down) : up(up), down(down) {}
};

// A publisher with camera and microphone, and one viewer of both.
struct Call {
  // In which round trips are measured and the first picture comes.
  static constexpr Duration kWarmUp = Duration::Seconds(5);
  // In which what is still under way arrives.
  static constexpr Duration kAfterwards = Duration::Seconds(3);

  static constexpr Timestamp kStart = Timestamp::Millis(1'000'000);

  Call(uint64_t seed, const NetworkPath& publisher, const NetworkPath& viewer,
       const SourceSettings& camera = SourceSettings::Video(), Timestamp start = kStart)
      : simulation(seed, start),
        alice(simulation.AddPeer(publisher.up, publisher.down)),
        bob(simulation.AddPeer(viewer.up, viewer.down)),
        video(simulation.Produce(alice, camera)),
        audio(simulation.Produce(alice, SourceSettings::Audio())),
        seen(simulation.Consume(bob, video)),
        heard(simulation.Consume(bob, audio)) {}

  // How the picture fares in `duration` from now, and some time to arrive.
  Quality Watch(Duration duration) {
    Timestamp from = simulation.now();
    simulation.Run(duration);
    Timestamp to = simulation.now();
    simulation.Run(kAfterwards);
    return simulation.QualityOf(seen, from, to);
  }

  // How long after `from` a new picture was shown.
  [[nodiscard]] Duration BackAfter(Timestamp from) const {
    Timestamp shown = simulation.viewer(seen).decoder().FirstShownAfter(from);
    return shown == Timestamp::Never() ? Duration::Seconds(1'000'000) : shown - from;
  }

  Simulation simulation;
  size_t alice;
  size_t bob;
  size_t video;
  size_t audio;
  size_t seen;
  size_t heard;
};

}  // namespace millrace
