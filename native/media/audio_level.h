#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace millrace {

// The mean of one source's audio levels (RFC 6464) since it was last asked.
class AudioLevelMean {
 public:
  // Fewer packets than these say nothing: a source in DTX sends one now and then.
  static constexpr uint32_t kPacketsMin = 10;

  // `level` as the packet has it: 0 is the loudest, 127 silence (-dBov).
  void Add(uint8_t level);
  // The mean in dBov, -127..0; nothing when too few packets came. Starts anew.
  [[nodiscard]] std::optional<int8_t> TakeMean();

 private:
  uint64_t sum_ = 0;
  uint32_t count_ = 0;
};

// Which sources are loudest, told once an interval: the algorithm of the AudioLevelObserver.
// Knows sources by the slot it gives them; who they are is the caller's table.
class AudioLevelRanking {
 public:
  struct Settings {
    uint16_t max_entries = 1;
    int8_t threshold = -80;  // dBov; below it a source is silent
    Duration interval = Duration::Seconds(1);
  };
  struct Volume {
    uint32_t slot = 0;
    int8_t volume = 0;  // dBov
    bool operator==(const Volume&) const = default;
  };

  // Bounds of the interval, so that neither every packet nor nothing is reported.
  static constexpr Duration kIntervalMin = Duration::Millis(250);
  static constexpr Duration kIntervalMax = Duration::Seconds(5);

  AudioLevelRanking(const Settings& settings, Timestamp now);

  [[nodiscard]] uint32_t AddSource();
  void RemoveSource(uint32_t slot);
  void Receive(uint32_t slot, uint8_t level);

  // The loudest sources, loudest first; empty says "silence" and is told once, when it begins;
  // nothing when there is nothing new to tell.
  [[nodiscard]] std::optional<std::vector<Volume>> OnDeadline(Timestamp now);
  [[nodiscard]] Timestamp deadline() const { return next_; }

  // While paused nothing is counted or told. Pausing an audible ranking ends in silence: true when
  // the caller must tell so.
  [[nodiscard]] bool Pause();
  void Resume(Timestamp now);

 private:
  struct Source {
    AudioLevelMean mean;
    bool used = false;
  };

  Settings settings_;
  Timestamp next_;
  std::vector<Source> sources_;
  bool silent_ = true;
  bool paused_ = false;
};

}  // namespace millrace
