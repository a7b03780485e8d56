#include "routing/observers.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "routing/producer.h"

namespace millrace {
namespace {

AudioLevelRanking::Settings SettingsOf(const AudioLevelObserverOptions& options) {
  return {.max_entries = options.max_entries,
          .threshold = options.threshold,
          .interval = Duration::Millis(options.interval_ms)};
}

}  // namespace

AudioLevelObserver::AudioLevelObserver(std::string id, const AudioLevelObserverOptions& options,
                                       Timestamp now)
    : id_(std::move(id)), ranking_(SettingsOf(options), now) {}

AudioLevelObserver::~AudioLevelObserver() {
  for (Producer* producer : producers_) {
    if (producer) (void)producer->StopObserving(*this);
  }
}

Result<Done> AudioLevelObserver::AddProducer(Producer& producer) {
  if (producer.kind() != MediaKind::kAudio) return Error::Type("not an audio producer");
  if (std::ranges::find(producers_, &producer) != producers_.end()) {
    return Error::Of("producer is already observed");
  }
  uint32_t slot = ranking_.AddSource();
  if (producers_.size() <= slot) producers_.resize(slot + 1);
  producers_[slot] = &producer;
  producer.Observe(*this, slot);
  return Done{};
}

Result<Done> AudioLevelObserver::RemoveProducer(Producer& producer) {
  std::optional<uint32_t> slot = producer.StopObserving(*this);
  if (!slot) return Error::NotFound("producer is not observed");
  ranking_.RemoveSource(*slot);
  producers_[*slot] = nullptr;
  return Done{};
}

void AudioLevelObserver::Pause(Turn& turn) {
  if (ranking_.Pause()) turn.events.notifications.push_back(AudioLevelSilence{id_});
}

void AudioLevelObserver::OnDeadline(Turn& turn) {
  std::optional<std::vector<AudioLevelRanking::Volume>> ranked = ranking_.OnDeadline(turn.now);
  if (!ranked) return;
  if (ranked->empty()) {
    turn.events.notifications.push_back(AudioLevelSilence{id_});
    return;
  }
  AudioLevelVolumes event{.id = id_};
  for (const AudioLevelRanking::Volume& volume : *ranked) {
    event.volumes.push_back({producers_[volume.slot]->id(), volume.volume});
  }
  turn.events.notifications.push_back(std::move(event));
}

}  // namespace millrace
