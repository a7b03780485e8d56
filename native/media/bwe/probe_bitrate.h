#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "media/bwe/feedback_reader.h"
#include "media/bwe/probe_cluster.h"

namespace millrace {

// Measures from feedback what rate each probe came through at: the lower one of the rates at which
// its packets left and arrived.
class ProbeBitrate {
 public:
  // Probes of which something may still be told.
  static constexpr size_t kProbesMax = 8;
  // Share of a probe's packets and bytes that must have arrived.
  static constexpr double kArrivedMin = 0.8;
  // No probe takes longer from its first packet to its last.
  static constexpr Duration kTimeMax = Duration::Seconds(1);
  // Arrived so much faster than sent: a burst held back by the path says nothing of its rate.
  static constexpr double kFasterMax = 2.0;
  // Arrived slower than this share: that is the path's rate; what it carries in the long run is
  // a little less.
  static constexpr double kSlower = 0.9;
  static constexpr double kFullPathShare = 0.95;

  struct Measured {
    ProbeId probe = 0;
    uint64_t bps = 0;
  };

  // A probe begins.
  void Begin(const ProbeCluster& cluster);
  // The newest probe that this report measured, if any.
  [[nodiscard]] std::optional<Measured> Add(const FeedbackReport& report);

 private:
  struct Probe {
    ProbeCluster cluster = {};
    uint32_t packets = 0;
    uint64_t bytes = 0;
    uint32_t last_sent_bytes = 0;
    uint32_t first_arrived_bytes = 0;
    Timestamp first_sent = {};
    Timestamp last_sent = {};
    Timestamp first_arrival = {};
    Timestamp last_arrival = {};
    bool touched = false;
  };

  [[nodiscard]] static std::optional<uint64_t> Measure(const Probe& probe);
  static void Count(Probe& probe, const PacketResult& packet);

  std::array<Probe, kProbesMax> probes_{};
  size_t next_ = 0;
};

}  // namespace millrace
