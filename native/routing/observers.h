#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "media/audio_level.h"
#include "routing/parameters.h"
#include "routing/turn.h"

namespace millrace {

class Producer;

// Tells at an interval which of its producers are the loudest (RFC 6464), and once when all of them
// have fallen silent. Audio producers only; each knows its observers and brings its levels.
class AudioLevelObserver {
 public:
  AudioLevelObserver(std::string id, const AudioLevelObserverOptions& options, Timestamp now);
  ~AudioLevelObserver();

  [[nodiscard]] Result<Done> AddProducer(Producer& producer);
  [[nodiscard]] Result<Done> RemoveProducer(Producer& producer);
  void Pause(Turn& turn);
  void Resume(Timestamp now) { ranking_.Resume(now); }

  void Receive(uint32_t slot, uint8_t level) { ranking_.Receive(slot, level); }
  void OnDeadline(Turn& turn);
  [[nodiscard]] Timestamp deadline() const { return ranking_.deadline(); }
  [[nodiscard]] const std::string& id() const { return id_; }

 private:
  std::string id_;
  AudioLevelRanking ranking_;
  std::vector<Producer*> producers_;  // by slot
};

}  // namespace millrace
