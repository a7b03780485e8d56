#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/bwe/bandwidth_flow.h"
#include "media/bwe/bottleneck.h"

namespace millrace {

// Somebody else on the same link who does not listen: `bps` from `begins` to `ends`.
struct ConstantFlow {
  uint64_t bps = 0;
  Timestamp begins = {};
  Timestamp ends = Timestamp::Never();
};

struct Scenario {
  BottleneckSettings bottleneck = {};
  std::vector<FlowSettings> flows = {FlowSettings{}};
  std::vector<ConstantFlow> rivals = {};
  Duration length = Duration::Seconds(60);
};

// What was seen in one tenth of a second.
struct BandwidthSample {
  Timestamp at = {};
  uint64_t link_bps = 0;     // what the link carries, less what rivals take of it
  uint64_t carried_bps = 0;  // of all flows, by the link
  Duration queue_max = {};
  struct Flow {
    uint64_t target_bps = 0;
    uint64_t arrived_bps = 0;
    uint8_t layers = 0;
  };
  std::vector<Flow> flows = {};
};

// A whole run and the figures that judge it. Times are from the beginning of the run.
class BandwidthRun {
 public:
  BandwidthRun(const Scenario& scenario, uint64_t seed);

  [[nodiscard]] const std::vector<BandwidthSample>& samples() const { return samples_; }
  // How long after `from` the first flow's target was first at least `bps` and then stayed at four
  // fifths of it for two seconds.
  [[nodiscard]] std::optional<Duration> TimeToReach(uint64_t bps, Timestamp from) const;
  // How long after `from` it was first at most `bps`.
  [[nodiscard]] std::optional<Duration> TimeToFall(uint64_t bps, Timestamp from) const;
  // Of what the rivals left of the link, the share that the flows had carried.
  [[nodiscard]] double Utilisation(Timestamp from, Timestamp to) const;
  [[nodiscard]] Duration QueueMax(Timestamp from, Timestamp to) const;
  // In which all but a twentieth of the samples lie.
  [[nodiscard]] Duration QueueUsual(Timestamp from, Timestamp to) const;
  [[nodiscard]] uint64_t ArrivedMean(size_t flow, Timestamp from, Timestamp to) const;
  [[nodiscard]] uint64_t TargetMin(Timestamp from, Timestamp to) const;
  [[nodiscard]] const BandwidthFlow& flow(size_t index) const { return flows_[index]; }

 private:
  void Run(const Scenario& scenario);
  void RunRivals(const Scenario& scenario, Timestamp now);
  void TakeSample(const Scenario& scenario, Timestamp now);
  [[nodiscard]] std::vector<const BandwidthSample*> Between(Timestamp from, Timestamp to) const;

  Bottleneck bottleneck_;
  std::vector<BandwidthFlow> flows_;
  std::vector<BandwidthSample> samples_;
  std::vector<double> rival_bytes_;  // owed by each
  std::vector<uint64_t> arrived_;    // at the last sample
  uint64_t carried_ = 0;
  uint64_t carried_of_rivals_ = 0;
  Duration queue_max_;
};

// The lines of a run as comma-separated values, with a heading.
[[nodiscard]] std::string CurveCsv(const BandwidthRun& run);
// The run drawn in characters, a line for each `every`, for the documentation.
[[nodiscard]] std::string CurveDrawing(const BandwidthRun& run, Duration every);

}  // namespace millrace
