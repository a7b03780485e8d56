#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/time.h"
#include "media/bwe/bitrate.h"
#include "media/bwe/sent_packet_history.h"

namespace millrace {

// A few packets to be sent at one rate, to learn whether the path carries it.
struct ProbeCluster {
  // Five packets give four intervals to measure; fifteen milliseconds outlast a timer's tick.
  static constexpr uint32_t kPackets = 5;
  static constexpr Duration kTime = Duration::Millis(15);

  ProbeId id = 0;
  uint64_t bps = 0;
  uint32_t packets_min = kPackets;
  uint32_t bytes_min = 0;

  [[nodiscard]] static ProbeCluster Of(ProbeId id, uint64_t bps) {
    return {.id = id, .bps = bps, .bytes_min = static_cast<uint32_t>(BytesIn(kTime, bps))};
  }
};

// The probes to begin now.
struct ProbePlan {
  static constexpr size_t kClustersMax = 2;

  std::array<ProbeCluster, kClustersMax> clusters{};
  size_t count = 0;

  void Add(const ProbeCluster& cluster) {
    if (count < kClustersMax) clusters[count++] = cluster;
  }
  [[nodiscard]] std::span<const ProbeCluster> list() const { return {clusters.data(), count}; }
};

}  // namespace millrace
