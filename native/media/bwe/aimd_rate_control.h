#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "media/bwe/bitrate.h"
#include "media/bwe/overuse_detector.h"

namespace millrace {

// The rate that the delay allows: grows while the path is quiet, falls below what arrives when a
// queue fills, and waits while one drains (draft-ietf-rmcat-gcc-02 section 5.5).
class AimdRateControl {
 public:
  //               overuse               overuse
  //   Increase ------------> Decrease <------------ Hold
  //    ^    |                   | normal, underuse  ^  |
  //    |    | underuse          `-------------------+  |
  //    |    `---------------------------------------'  |
  //    `-------------------- normal -------------------'
  enum class State : uint8_t { kHold, kIncrease, kDecrease };

  // beta in 5.5: what is left of the rate that arrived.
  static constexpr double kBeta = 0.85;
  // eta in 5.5: the growth a second, of one second at most.
  static constexpr double kGrowthPerSecond = 1.08;
  // 5.5: the estimate stays below this multiple of what arrives.
  static constexpr double kLead = 1.5;

  struct Input {
    Timestamp now = {};
    DelayUsage usage = DelayUsage::kNormal;
    std::optional<uint64_t> acknowledged_bps = {};  // over half a second
    std::optional<uint64_t> recent_bps = {};        // over the newest part of it
    Duration rtt = {};
    bool application_limited = false;  // less is sent than might be
    bool overflows = false;            // and yet much of it is lost, of late and not as ever
  };
  struct Update {
    uint64_t bps = 0;
    bool decreased = false;
  };

  AimdRateControl(uint64_t initial_bps, BitrateBounds bounds);

  [[nodiscard]] Update Add(const Input& input);
  // A probe found this much, or somebody else lowered the estimate.
  void SetEstimate(uint64_t bps, Timestamp now);
  void SetBounds(BitrateBounds bounds);

  [[nodiscard]] uint64_t bps() const { return bps_; }
  [[nodiscard]] State state() const { return state_; }

 private:
  // Around what the path last overflowed at: the average of those rates, and their spread.
  struct Ceiling {
    double average_kbps = 0;
    double variance = 0;  // normalized by the average
    void Add(double kbps);
    [[nodiscard]] bool IsBelow(double kbps) const;
    [[nodiscard]] bool IsAbove(double kbps) const;
  };

  void Increase(const Input& input);
  [[nodiscard]] bool Decrease(const Input& input);
  [[nodiscard]] double AdditiveStep(const Input& input) const;

  BitrateBounds bounds_;
  uint64_t bps_;
  State state_ = State::kHold;
  std::optional<Ceiling> ceiling_;
  std::optional<Timestamp> updated_;
  std::optional<Timestamp> decreased_;
};

}  // namespace millrace
