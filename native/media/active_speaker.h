#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "media/speech_activity.h"

namespace millrace {

// Which of many sources has the floor: the algorithm of the ActiveSpeakerObserver, after Volfin and
// Cohen (see SpeechActivity). Once an interval each source is held against the present speaker,
// who is replaced only by one who speaks more over all three lengths of time: a cough does not take
// the floor, and a pause for breath does not give it away.
// Knows sources by the slot it gives them; who they are is the caller's table.
class ActiveSpeaker {
 public:
  static constexpr Duration kInterval = Duration::Millis(300);
  // Bounds of the interval, so that neither every packet nor nothing is decided on.
  static constexpr Duration kIntervalMin = Duration::Millis(100);
  static constexpr Duration kIntervalMax = Duration::Seconds(5);

  ActiveSpeaker(Duration interval, Timestamp now);

  [[nodiscard]] uint32_t AddSource();
  // A speaker who leaves gives the floor back; nothing is told until another one takes it.
  void RemoveSource(uint32_t slot);
  // `level` as the packet has it (RFC 6464).
  void Receive(uint32_t slot, uint8_t level, Timestamp now);

  // The slot of another speaker than before; nothing when the floor has not changed.
  [[nodiscard]] std::optional<uint32_t> OnDeadline(Timestamp now);
  [[nodiscard]] Timestamp deadline() const { return next_; }
  [[nodiscard]] std::optional<uint32_t> dominant() const { return dominant_; }

  // While paused nothing is counted or told.
  void Pause();
  void Resume(Timestamp now);

 private:
  struct Source {
    SpeechActivity activity;
    bool used = false;
  };

  [[nodiscard]] std::optional<double> Challenge(const Source& challenger) const;

  Duration interval_;
  Timestamp next_;
  std::vector<Source> sources_;
  std::optional<uint32_t> dominant_;
  bool paused_ = false;
};

}  // namespace millrace
