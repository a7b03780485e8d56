#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "media/bwe/bitrate.h"
#include "media/bwe/probe_cluster.h"

namespace millrace {

// Decides when to probe the path, and at which rate.
// At the beginning: three and six times the initial estimate, then on by doubling while the path
// carries it, and again now and then until the path was full once. Later: after a fall, since the
// cause may be gone; while the sender has too little to send to find out by sending; and when more
// is wanted than the estimate grants. Never beyond what is wanted, and rarer the longer it is in
// vain.
class ProbeController {
 public:
  static constexpr double kFirst = 3.0;
  static constexpr double kSecond = 6.0;
  // Further by this factor, when a probe showed at least kCarried of its rate.
  static constexpr double kFurther = 2.0;
  static constexpr double kCarried = 0.7;
  // After a probe this long without a result it counts as failed.
  static constexpr Duration kPatience = Duration::Seconds(1);
  // After so many probes without any feedback the peer seems to send none: no more until it does.
  static constexpr int kUnansweredMax = 5;
  // A lower estimate than this share of what was before is a fall worth probing after.
  static constexpr double kFall = 0.66;
  // The first fall of all comes of the first probes, and takes off too much of what they found.
  static constexpr double kFirstFall = 0.8;
  static constexpr Duration kAfterFall = Duration::Seconds(2);
  // How long a pause between probes may get.
  static constexpr Duration kPauseMax = Duration::Seconds(2);
  // While the sender is limited by what it has.
  static constexpr Duration kLimitedPause = Duration::Seconds(2);
  // Probes stay below what is wanted, with a margin for the estimate's own caution.
  static constexpr double kWantedShare = 1.5;

  struct Input {
    Timestamp now = {};
    uint64_t estimate_bps = 0;
    bool application_limited = false;
    bool queue_fills = false;
  };

  // The path can be used from now on.
  [[nodiscard]] ProbePlan Begin(uint64_t initial_bps, Timestamp now);
  // A probe was measured, and the estimate is what became of it.
  [[nodiscard]] ProbePlan Measured(ProbeId probe, uint64_t bps, const Input& input);
  // The peer answers.
  void Heard() { unanswered_ = 0; }
  // The estimate was lowered.
  void Fell(uint64_t from_bps, const Input& input);
  // Time passed, or the estimate changed.
  [[nodiscard]] ProbePlan Check(const Input& input);
  // All consumers together could use this much; no probe is worth more than that. Before the first
  // call nothing is known, and there is no bound.
  void SetWanted(uint64_t wanted_bps);
  void SetBounds(BitrateBounds bounds) { bounds_ = bounds; }

  // Until the first probes are measured or given up, the estimate is a guess.
  [[nodiscard]] bool beginning() const { return beginning_; }
  [[nodiscard]] Timestamp deadline() const { return next_check_; }

 private:
  [[nodiscard]] ProbePlan ProbeAt(uint64_t bps, Timestamp now);
  void AddProbe(ProbePlan& plan, uint64_t bps);
  [[nodiscard]] uint64_t Limit() const;
  [[nodiscard]] bool IsDue(const Input& input) const;

  BitrateBounds bounds_;
  std::optional<uint64_t> wanted_bps_;
  bool wants_more_ = false;  // than before: no pause before the next probe
  ProbeId last_id_ = 0;
  uint64_t last_bps_ = 0;  // of the newest probe
  bool waiting_ = false;   // for its result
  int unanswered_ = 0;     // probes since the peer was heard
  bool beginning_ = false;
  bool searching_ = false;  // the path has never been full yet
  double fall_ = kFirstFall;
  uint64_t before_fall_bps_ = 0;  // 0: no fall to recover from
  Duration pause_ = kAfterFall;
  Timestamp probed_;
  Timestamp next_check_ = Timestamp::Never();
};

}  // namespace millrace
