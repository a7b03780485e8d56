#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "media/active_speaker.h"
#include "media/audio_level.h"
#include "routing/parameters.h"
#include "routing/turn.h"

namespace millrace {

class Producer;

// Listens to the audio levels (RFC 6464) of its producers and tells at an interval what follows
// from them: which are the loudest, and once that all have fallen silent; or who has the floor,
// when that is another one. Audio producers only; each knows its observers and brings its levels.
class RtpObserver {
 public:
  RtpObserver(std::string id, const AudioLevelObserverOptions& options, Timestamp now);
  RtpObserver(std::string id, const ActiveSpeakerObserverOptions& options, Timestamp now);
  ~RtpObserver();
  RtpObserver(const RtpObserver&) = delete;
  RtpObserver& operator=(const RtpObserver&) = delete;

  [[nodiscard]] Result<Done> AddProducer(Producer& producer);
  [[nodiscard]] Result<Done> RemoveProducer(Producer& producer);
  void Pause(Turn& turn);
  void Resume(Timestamp now);

  void Receive(uint32_t slot, uint8_t level, Timestamp now);
  void OnDeadline(Turn& turn);
  [[nodiscard]] Timestamp deadline() const;
  [[nodiscard]] const std::string& id() const { return id_; }

 private:
  void TellVolumes(AudioLevelRanking& ranking, Turn& turn);
  void TellSpeaker(ActiveSpeaker& speaker, Turn& turn);

  std::string id_;
  std::variant<AudioLevelRanking, ActiveSpeaker> algorithm_;
  std::vector<Producer*> producers_;  // by the algorithm's slot
};

}  // namespace millrace
