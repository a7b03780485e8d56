#include "media/bwe/probe_bitrate.h"

#include <algorithm>

namespace millrace {

void ProbeBitrate::Begin(const ProbeCluster& cluster) {
  probes_[next_] = {.cluster = cluster};
  next_ = (next_ + 1) % kProbesMax;
}

std::optional<ProbeBitrate::Measured> ProbeBitrate::Add(const FeedbackReport& report) {
  if (report.clock_leapt) probes_ = {};
  for (Probe& probe : probes_) probe.touched = false;
  for (const PacketResult& packet : report.packets) {
    if (packet.probe == 0 || !packet.arrival) continue;
    for (Probe& probe : probes_) {
      if (probe.cluster.id == packet.probe) Count(probe, packet);
    }
  }
  std::optional<Measured> newest;
  for (const Probe& probe : probes_) {
    if (!probe.touched) continue;
    std::optional<uint64_t> bps = Measure(probe);
    if (bps && (!newest || probe.cluster.id > newest->probe)) {
      newest = Measured{.probe = probe.cluster.id, .bps = *bps};
    }
  }
  return newest;
}

std::optional<uint64_t> ProbeBitrate::Measure(const Probe& probe) {
  const ProbeCluster& cluster = probe.cluster;
  bool enough = probe.packets >= kArrivedMin * cluster.packets_min &&
                static_cast<double>(probe.bytes) >= kArrivedMin * cluster.bytes_min;
  if (!enough) return std::nullopt;
  Duration send_time = probe.last_sent - probe.first_sent;
  Duration arrival_time = probe.last_arrival - probe.first_arrival;
  bool sane = send_time.us() > 0 && send_time <= kTimeMax && arrival_time.us() > 0 &&
              arrival_time <= kTimeMax;
  if (!sane) return std::nullopt;
  // The last packet's time to leave and the first one's to arrive are not in the intervals.
  uint64_t sent_bps = RateOf(probe.bytes - probe.last_sent_bytes, send_time);
  uint64_t arrived_bps = RateOf(probe.bytes - probe.first_arrived_bytes, arrival_time);
  if (arrived_bps > Scaled(sent_bps, kFasterMax)) return std::nullopt;
  if (arrived_bps < Scaled(sent_bps, kSlower)) return Scaled(arrived_bps, kFullPathShare);
  return std::min(sent_bps, arrived_bps);
}

void ProbeBitrate::Count(Probe& probe, const PacketResult& packet) {
  Timestamp arrival = *packet.arrival;
  bool first = probe.packets == 0;
  if (first || packet.sent < probe.first_sent) probe.first_sent = packet.sent;
  if (first || packet.sent > probe.last_sent) {
    probe.last_sent = packet.sent;
    probe.last_sent_bytes = packet.bytes;
  }
  if (first || arrival < probe.first_arrival) {
    probe.first_arrival = arrival;
    probe.first_arrived_bytes = packet.bytes;
  }
  if (first || arrival > probe.last_arrival) probe.last_arrival = arrival;
  ++probe.packets;
  probe.bytes += packet.bytes;
  probe.touched = true;
}

}  // namespace millrace
